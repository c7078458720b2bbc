"""How a definition says that it settles, as the contract's Settle: it fires once its object has been quiet."""

from dataclasses import dataclass
from typing import TypeVar

from hookline_builtin.triggers.definition import Reading
from hookline_plugin.encoder import Payload
from hookline_plugin.settled import Settled
from hookline_plugin.trigger import Compiled

_Compiled = TypeVar("_Compiled", bound=Compiled)

MAX_QUIET = 3600
MAX_LONGEST = 86400
"""Seconds."""
TIMES_QUIET = 10
"""How many times the quiet time it waits at most, where it does not say."""


@dataclass(frozen=True, slots=True)
class Settle:
    """How long to wait, in microseconds; a `quiet` of 0 is not to wait."""

    quiet: int
    longest: int


AT_ONCE = Settle(0, 0)


def read_settle(reading: Reading, definition: Payload) -> Settle:
    """Read the part of a definition that says how it settles; left out, it does not."""
    body = reading.mapping(definition.get("settle", {}), "settle")
    quiet = reading.duration(body, "quiet", "settle.quiet", MAX_QUIET)
    longest = reading.duration(body, "longest", "settle.longest", MAX_LONGEST) or TIMES_QUIET * quiet
    if longest < quiet:
        reading.flaw("settle.longest", "must not be shorter than quiet")
    return Settle(quiet, longest)


def settling(compiled: _Compiled, settle: Settle, *, always: bool = False) -> _Compiled | Settled:
    """Give a definition as it is to be asked: with memory where it settles, or `always`; a quiet of 0 fires at once."""
    return Settled(compiled, settle.quiet, settle.longest) if settle.quiet or always else compiled
