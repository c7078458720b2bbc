"""Merge fields: how they are written in a text, and what stands for them.

`[First Name]` is the value of a field, `[Email|none]` has a default for an empty value, `[Owner.Email]` belongs to a
related object. `[[` and `]]` write a literal bracket, within a default too; a lone `]` outside a field stands for
itself. A name holds no bracket and ends at the first `|`. What a value contains is never looked at again.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from math import isfinite
from typing import TypeAlias

from hookline_plugin.encoder import EncodeError, Payload, Value
from hookline_plugin.leaves import written
from hookline_plugin.template import FieldPath, Merge, Names, TemplateError

Part: TypeAlias = str | Merge
"""A piece of a template: a text that stands as it is, or a merge field."""
Read: TypeAlias = Callable[[str], str]

NAMELESS = "a merge field without a name; literal brackets are written [[ and ]]"

_BRACKET = re.compile(r"[\[\]]")
_END_OF_NAME = re.compile(r"[\[\]|]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_BITS = 14_000
"""Larger integers are refused: Python writes none of more than 4,300 digits as text."""
_MAX_SHOWN = 60
"""Characters of a name that an error shows."""


def fold(name: str) -> str:
    """Give a name as names are compared: without regard to case and to blanks around it."""
    return name.strip().casefold()


def scan(text: str, names: Names) -> tuple[Part, ...]:
    """Take a text apart that has no syntax of its own: a URL's part, a header's value, plain text, a form's value.

    Literals are never empty, and no two stand side by side. Lone surrogates of the text become U+FFFD.
    Raises TemplateError for a field that is not closed, has no name, or has an unknown one where the names are strict.
    """
    text = without_surrogates(text)
    return joined(scan_between(text, names, 0, len(text)))


def scan_between(text: str, names: Names, start: int, end: int, read: Read = str) -> Iterator[Part]:
    """Give the parts of `text[start:end]`, literals not joined; errors count lines and columns in the whole text.

    `read` takes the escapes of the text's own syntax out of names and defaults; literals keep theirs.
    """
    while (match := _BRACKET.search(text, start, end)) is not None:
        at = match.start()
        yield text[start:at]
        if text.startswith(match[0] * 2, at, end):
            yield match[0]
            start = at + 2
        elif match[0] == "]":
            yield "]"
            start = at + 1
        else:
            merge, start = read_field(text, names, at, end, read)
            yield merge
    yield text[start:end]


def read_field(text: str, names: Names, at: int, end: int, read: Read = str) -> tuple[Merge, int]:
    """Read the field whose bracket opens at `at`, and give it with the index behind its closing bracket."""
    stop = _END_OF_NAME.search(text, at + 1, end)
    if stop is None or stop[0] == "[":
        raise error_at(text, at, "this [ is not closed by a ]; a literal bracket is written [[")
    name, default, start = read(text[at + 1 : stop.start()]), "", stop.end()
    if stop[0] == "|":
        default, start = _default(text, at, stop.end(), end)
    if not name.strip():
        raise error_at(text, at, NAMELESS)
    path = names.find(name)
    if path is None and names.strict:
        raise error_at(text, at, unknown(name, names))
    return Merge(fold(name), path, read(default)), start


def _default(text: str, field: int, start: int, end: int) -> tuple[str, int]:
    default = ""
    while (match := _BRACKET.search(text, start, end)) is not None:
        default += text[start : match.start()]
        start = match.end()
        if text.startswith(match[0], start, end):
            default += match[0]
            start += 1
        elif match[0] == "]":
            return default, start
        else:
            raise error_at(text, match.start(), "a default holds no merge field; a literal bracket is written [[")
    raise error_at(text, field, "this [ is not closed by a ]; in a default ]] is a literal bracket and closes nothing")


def joined(parts: Iterator[Part]) -> tuple[Part, ...]:
    """Join adjacent literals, and leave out empty ones."""
    result: list[Part] = []
    for is_text, group in groupby(parts, lambda part: isinstance(part, str)):
        if not is_text:
            result.extend(group)
        elif text := "".join(map(str, group)):
            result.append(text)
    return tuple(result)


def unknown(name: str, names: Names) -> str:
    """Say for people that a name is unknown, with the nearest known one."""
    nearest = names.nearest(name)
    return f"unknown field [{_shown(name)}]" + (f"; did you mean [{_shown(nearest)}]?" if nearest else "")


def _shown(name: str) -> str:
    text = "".join(character if character.isprintable() else "\ufffd" for character in name.strip()[: _MAX_SHOWN + 1])
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def error_at(text: str, index: int, reason: str) -> TemplateError:
    """Give the error for a place in a text; lines end at a line feed, and both numbers count from 1."""
    return TemplateError(reason, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def value_of(values: Payload, merge: Merge) -> Value:
    """Follow a field's path; None where nothing is there, or where something on the way is no mapping."""
    path = merge.path
    if path is None or len(path) < 2:
        return None if path is None else follow(values, path)
    return follow(related(values, path[0], merge.name), path[1:])


def related(values: Payload, key: str, name: str) -> Value:
    """Give the data of a related object for a field that is called `name`, as `fold` writes it; None where none are.

    They stand under the key of the relation. Where that holds something else, as it may the other object's id, they are
    looked for by what the field calls the relation, without regard to case: `[Owner.Email]` finds those of `Owner`.
    """
    value = values.get(key)
    if isinstance(value, Mapping):
        return value
    called = ((fold(each), other) for each, other in values.items() if isinstance(other, Mapping))
    return next((other for each, other in called if name.startswith(f"{each}.")), None)


def follow(value: Value, path: FieldPath) -> Value:
    """Follow keys through mappings; None where one is missing, or where something on the way is no mapping."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def text_of(values: Payload, merge: Merge) -> str:
    """Give what stands for a field where text is wanted: its value as `as_text` writes it, or else its default.

    Raises EncodeError for a value that has no text: NaN, an infinity, an integer of more than 4,000 digits.
    """
    try:
        return as_text(value_of(values, merge)) or merge.default
    except EncodeError as error:
        raise EncodeError(error.reason, written(merge.path or ())) from None


def as_text(value: Value) -> str:
    """Write a value as text: null is empty, true `1`, false `0`, lists and mappings are compact JSON.

    Numbers are written as in JSON, text is itself. Lone surrogates become U+FFFD, so that the text has an encoding.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, (int, float)):
        return number_text(value)
    return nested_text(value)


def number_text(value: int | float) -> str:
    """Write a number as JSON does, with all digits, and a boolean as `1` or `0`; EncodeError where JSON cannot."""
    if isinstance(value, float):
        if not isfinite(value):
            raise EncodeError("not a finite number")
        return repr(value)
    if value.bit_length() > _MAX_BITS:
        raise EncodeError("an integer of more than 4,000 digits")
    return str(int(value))


def nested_text(value: Value) -> str:
    """Write a list or mapping as compact JSON; EncodeError for what JSON cannot say."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    except (TypeError, ValueError, RecursionError):
        raise EncodeError("holds what JSON cannot say") from None
    return without_surrogates(text)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which no encoding can carry, by U+FFFD, each by one."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
