"""Requests of a stream that its servicer parses itself: a large message takes many times its size once it is parsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import Message

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "takes_unparsed"


class Unparsed:
    """A request as it came."""

    __slots__ = ("_parse", "_raw")

    def __init__(self, raw: bytes, parse: Callable[[bytes], Message]) -> None:
        self._raw = raw
        self._parse = parse

    @property
    def size(self) -> int:
        """How many bytes came."""
        return len(self._raw)

    def parse(self) -> Any:
        """The message.

        Raises:
            InvalidArgument: it is none of its type, or breaks the rules of its proto.
        """
        return self._parse(self._raw)


def unparsed(behavior: F) -> F:
    """Marks a method of a servicer that wants the requests of its stream as ``Unparsed``."""
    setattr(behavior, _MARK, True)
    return behavior


def takes_unparsed(behavior: Callable[..., Any]) -> bool:
    """Whether ``behavior`` is marked so."""
    return getattr(behavior, _MARK, False)
