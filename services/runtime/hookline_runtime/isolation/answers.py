"""What a plugin's process answered, as a value or as the error that the plugin API names for it."""

from collections.abc import Callable
from typing import Any, TypeVar

from hookline_plugin.encoder import EncodeError
from hookline_plugin.template import TemplateError
from hookline_plugin.trigger import TextError
from hookline_runtime.isolation.apart import Apart

T = TypeVar("T")
Answer = tuple[list[Any], bytes]


def value_of(apart: Apart, answer: Answer, read: Callable[[Any], T]) -> T:
    """Give what an answer says.

    Raises EncodeError, TemplateError, TextError and ValueError where the plugin did, PluginFailed for all else.
    """
    match answer[0]:
        case ["ok", value]:
            try:
                given = read(value)
            except (LookupError, TypeError, ValueError, AttributeError):
                raise apart.junk() from None
            apart.counts.answered += 1
            return given
        case other:
            raise _error(apart, other)


def body_of(apart: Apart, answer: Answer) -> bytes:
    """Give the bytes of an answer; raises as `value_of` does."""
    value_of(apart, answer, lambda _: None)
    return answer[1]


def texts(value: Any) -> dict[str, str]:
    """Read texts by name."""
    return {_text(name): _text(text) for name, text in value.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _error(apart: Apart, answer: list[Any]) -> Exception:
    match answer:
        # What a plugin refuses as it should is an answer.
        case ["EncodeError", str(reason), str(path)]:
            apart.counts.answered += 1
            return EncodeError(reason, path)
        case ["TemplateError", str(reason), int(line), int(column)]:
            apart.counts.answered += 1
            return TemplateError(reason, line, column)
        case ["TextError", str(part), int(position), str(reason)]:
            apart.counts.answered += 1
            return TextError(part, position, reason)
        case ["raised", "ValueError"]:
            apart.counts.answered += 1
            return ValueError("refused by its plugin")
        case ["raised", str(kind)]:
            return apart.failed(kind)
        case _:
            return apart.junk()
