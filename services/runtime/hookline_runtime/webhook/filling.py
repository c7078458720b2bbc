"""Texts whose merge fields are filled, never beyond a stated length: a value may be long, and stand there often."""

from collections.abc import Callable, Iterable, Sequence

from hookline_plugin.encoder import EncodeError, Payload
from hookline_plugin.merging import Part, text_of
from hookline_plugin.template import Merge
from hookline_runtime.webhook.refusals import RenderRefused


def fill(parts: Sequence[Part], values: Payload, write: Callable[[str], str], longest: int) -> str:
    """Give the text with every value as `write` writes it, which makes none shorter.

    Raises RenderRefused where a value has no text, or beyond `longest` characters; `write` may raise it, too.
    """
    written: list[str] = []
    room = longest
    for part in parts:
        text = part if isinstance(part, str) else _value(part, values, write, room)
        room -= len(text)
        if room < 0:
            raise RenderRefused(f"longer than {longest} characters with its values")
        written.append(text)
    return "".join(written)


def merges_of(parts: Iterable[Part]) -> tuple[Merge, ...]:
    """Give the merge fields in the order in which they stand."""
    return tuple(part for part in parts if isinstance(part, Merge))


def _value(merge: Merge, values: Payload, write: Callable[[str], str], room: int) -> str:
    try:
        text = text_of(values, merge)
    except EncodeError as error:
        raise RenderRefused(f"the value of [{merge.name}] is {error.reason}") from None
    if len(text) > room:  # before it is written, which takes its time
        raise RenderRefused(f"the value of [{merge.name}] is too long for its place")
    return write(text)
