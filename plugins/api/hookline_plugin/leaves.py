"""A walk over a payload that checks it: where an encoder has flat fields, or must say what it refused.

Encoders that write nested content do so in their own fast way and come here only when that failed.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import TypeAlias

from hookline_plugin.encoder import MAX_DEPTH, EncodeError, Payload, Scalar, Value

Path: TypeAlias = tuple[str | int, ...]

_MAX_BITS = 14_000
"""Larger integers are refused: Python writes none of more than 4,300 digits as text."""

_MAX_PATH = 200
"""An error's path is shown and logged, and a key may be as long as the payload."""


def leaves(payload: Payload) -> Iterator[tuple[Path, Scalar]]:
    """Give every scalar of the payload with its path of keys and list indexes, in order.

    An empty list or mapping within the payload is a leaf of None, so that its key is not lost.
    Raises EncodeError at the first thing that is no Value, deeper than `MAX_DEPTH`, not finite or not valid Unicode.
    """
    if not isinstance(payload, Mapping):
        raise EncodeError("a payload must be a mapping")
    return _within(payload, (), 1)


def check(payload: Payload) -> None:
    """Raise the EncodeError that `leaves` would raise, if any."""
    for _ in leaves(payload):
        pass


def refusal(payload: Payload, reason: str = "cannot be encoded") -> EncodeError:
    """Give the error that says what is wrong with a payload, with the given reason where the walk finds nothing."""
    try:
        check(payload)
    except EncodeError as error:
        return error
    return EncodeError(reason)


def _within(value: Value, path: Path, depth: int) -> Iterator[tuple[Path, Scalar]]:
    if value is None or isinstance(value, (str, int, float)):
        yield path, _checked(value, path)
        return
    children = _children(value, path)
    if depth > MAX_DEPTH:
        raise _error(f"nested more than {MAX_DEPTH} deep", path)
    if not children and path:
        yield path, None
    for key, child in children:
        yield from _within(child, (*path, key), depth + 1)


def _children(value: object, path: Path) -> list[tuple[str | int, Value]]:
    if isinstance(value, Mapping):
        return [(_key(key, path), child) for key, child in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(enumerate(value))
    raise _error(f"{type(value).__name__} is no value of JSON", path)


def _key(key: object, path: Path) -> str:
    if not isinstance(key, str):
        raise _error(f"a key is {type(key).__name__}, not text", path)
    if not _is_unicode(key):
        raise _error("a key is not valid Unicode: it holds a lone surrogate", path)
    return key


def _checked(value: Scalar, path: Path) -> Scalar:
    if isinstance(value, str):
        if not _is_unicode(value):
            raise _error("not valid Unicode: it holds a lone surrogate", path)
    elif isinstance(value, float):
        if not isfinite(value):
            raise _error("not a finite number", path)
    elif value is not None and value.bit_length() > _MAX_BITS:
        raise _error("an integer of more than 4,000 digits", path)
    return value


def _error(reason: str, path: Path) -> EncodeError:
    where = written(path)
    return EncodeError(reason, where if len(where) <= _MAX_PATH else f"{where[:_MAX_PATH]}…")


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def written(path: Path) -> str:
    """Write a path for people: `data.owner.tags[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
