r"""JSON with merge fields: `{"name": "[First Name] [Last Name]", "age": [Age|0], "tags": ["a", "[Tag]"]}`.

A template must be JSON as it stands, but for merge fields in place of values. Within a string merge fields merge with
text around them, and names and defaults are written as JSON writes text (`\"`); keys are left as they are. Outside
strings a bracket is a merge field unless what it holds is JSON (`[1,2]`, `[true]`, `[]`), whatever fields are called;
its value comes out as a number, boolean, null, list or object, and text as a number where it is one. Its default ends
at the first `]` and is JSON where it can be (`[Age|0]`, `[Tag|"a]"]`), text otherwise.
"""

import json
import re
from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import NoReturn

from hookline_builtin.encoders.rendering import Rendering, Slot
from hookline_plugin import MAX_DEPTH, FieldPath, Merge, Names, Template, TemplateError, Value
from hookline_plugin.merging import (
    NAMELESS,
    Part,
    as_text,
    error_at,
    fold,
    joined,
    nested_text,
    number_text,
    scan_between,
    unknown,
    without_surrogates,
)

_SIGN = re.compile(r'["\[\]{}]')
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BARE = re.compile(rf'\[([^\[\]|"]*+)(?:\|(\s*{_STRING.pattern}\s*|[^\[\]]*))?\]', re.DOTALL)
_BEGUN = re.compile(r'\[[^\[\]|"]*+\|')
_NAME = re.compile(r"(?=.*[^\W\d_])\s*\w[^,:{}]*", re.DOTALL)
_COLON = re.compile(r"[ \t\r\n]*:")
_SURE = re.compile(r'\s*(?:\{\s*"|\[\s*\{)')
"""Nothing but JSON begins like this: better a complaint about a slip than plain text."""
_is_number = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?").fullmatch
"""A text that is written as a number: every receiver's numbers hold it, so nothing it says gets lost."""
_WORDS = frozenset({"true", "false", "null"})


def detects(text: str) -> bool:
    """Say whether this is a JSON object or array once merge fields are put in, or begins as only JSON does."""
    text = text.removeprefix("\ufeff").lstrip()
    if _SURE.match(text):
        return True
    if not text.startswith(("{", "[")):
        return False
    try:
        tokens = list(_tokens(text, _Any()))
        _judge(text, tokens)
    except TemplateError:
        return False
    return not (tokens and isinstance(tokens[0][2], Merge) and tokens[0][0] == 0)


def parse(text: str, names: Names) -> Template:
    """Parse a template; TemplateError also for what is no JSON, and for nesting deeper than `MAX_DEPTH`."""
    text = without_surrogates(text.removeprefix("\ufeff"))
    tokens = list(_tokens(text, names))
    _judge(text, tokens)
    return Rendering(_parts(text, tokens, names))


_Token = tuple[int, int, Merge | None]
"""Start and end of a string (None), or of a merge field outside strings."""


def _tokens(text: str, names: Names) -> Iterator[_Token]:
    at = depth = 0
    while (match := _SIGN.search(text, at)) is not None:
        at, sign = match.end(), match[0]
        if sign == '"':
            if (string := _STRING.match(text, at - 1)) is None:
                return  # not closed: the parser says so
            at = string.end()
            yield string.start(), at, None
        elif sign == "[" and (field := _bare(text, names, at - 1)) is not None:
            merge, end = field
            yield at - 1, end, merge
            at = end
        elif sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise error_at(text, at - 1, f"nested more than {MAX_DEPTH} deep")
        else:
            depth -= 1


def _bare(text: str, names: Names, at: int) -> tuple[Merge, int] | None:
    """The merge field that opens at `at`, outside strings; None where the bracket is that of an array."""
    match = _BARE.match(text, at)
    if match is None:
        if _BEGUN.match(text, at):
            raise error_at(text, at, "this [ is not closed by a ]; a default that holds a bracket is written in quotes")
        return None
    name, default = match.groups()
    if default is None and _is_json(match[0]):
        return None
    if not name.strip():
        raise error_at(text, at, NAMELESS)
    path = names.find(name)
    if path is None and names.strict:
        if default is None and _NAME.fullmatch(name) is None:
            return None  # a slip in an array, more likely than one in a name: the parser says where
        raise error_at(text, at, unknown(name, names))
    return Merge(fold(name), path, default or ""), match.end()


def _judge(text: str, tokens: list[_Token]) -> None:
    """Let the standard library's parser read the template, with `{}` for each merge field outside strings.

    It keeps its place, so that positions are those of the template; it joins with nothing beside it, and is no key.
    """
    pieces: list[str] = []
    done = 0
    for start, end, merge in tokens:
        if merge is not None:
            pieces += text[done:start], "{}".ljust(end - start)
            done = end
    try:
        _loads("".join(pieces) + text[done:])
    except json.JSONDecodeError as error:
        reason = error.msg.removesuffix(" starting at").removesuffix(" at")
        raise error_at(text, error.pos, f"this is not JSON: {reason[:1].lower()}{reason[1:]}") from None
    except _NotJsonError as error:
        raise error_at(text, _outside(text, tokens, str(error)), f"this is not JSON: {error}") from None


class _NotJsonError(ValueError):
    """NaN, Infinity or -Infinity, which the standard library reads although JSON has none of them."""


def _refuse(word: str) -> NoReturn:
    raise _NotJsonError(word)


def _loads(text: str) -> object:
    # Numbers are not looked at: one may be longer than Python converts.
    return json.loads(text, parse_constant=_refuse, parse_int=len, parse_float=len)


def _is_json(text: str) -> bool:
    try:
        _loads(text)
    except ValueError:
        return False
    return True


def _outside(text: str, tokens: list[_Token], word: str) -> int:
    """Where a word stands first that is in no string and no merge field."""
    at = text.find(word)
    for start, end, _ in tokens:
        if start <= at < end:
            at = text.find(word, end)
    return max(at, 0)


def _parts(text: str, tokens: list[_Token], names: Names) -> Iterator[str | Slot]:
    done = 0
    for start, end, merge in tokens:
        yield text[done:start]
        done = end
        if merge is not None:
            yield Slot(merge, _write_bare, _bare_default(merge.default))
        elif _COLON.match(text, end):
            _whole_characters(text, start, end)
            yield text[start:end]
        else:
            _whole_characters(text, start, end)
            yield from _string(joined(scan_between(text, names, start, end, _unescaped)))
    yield text[done:]


def _string(parts: tuple[Part, ...]) -> Iterator[str | Slot]:
    match parts:
        case ('"', Merge() as merge, '"'):  # as most are: this spares the quotes to be taken off and put on again
            yield Slot(merge, _write_string, encode_basestring(merge.default))
        case _:
            for part in parts:
                yield part if isinstance(part, str) else Slot(part, _write_inside, _write_inside(part.default))


def _whole_characters(text: str, start: int, end: int) -> None:
    string = text[start:end]
    if r"\u" in string and (plain := json.loads(string)) != without_surrogates(plain):
        raise error_at(text, start, "this string holds half a surrogate pair")


def _unescaped(text: str) -> str:
    result: str = json.loads(f'"{text}"') if "\\" in text else text
    return result


def _write_string(value: Value) -> str:
    text = value if type(value) is str else as_text(value)
    return encode_basestring(text) if text else ""


def _write_inside(value: Value) -> str:
    text = value if type(value) is str else as_text(value)
    return text if text.isalnum() else encode_basestring(text)[1:-1]


def _write_bare(value: Value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value if value[0] in "-0123456789" and _is_number(value) else encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return nested_text(value)


def _bare_default(default: str) -> str:
    """A default that is a JSON scalar stands for itself, any other is text; without one it is null."""
    text = default.strip()
    if not text or text in _WORDS or _is_number(text):
        return text or "null"
    if _STRING.fullmatch(text) and _is_json(text):
        return text
    return encode_basestring(default)


class _Any:
    """Names for a look at a text whose fields nobody knows: every one may be."""

    strict = False

    def find(self, name: str) -> FieldPath | None:
        return None

    def nearest(self, name: str) -> str | None:
        return None
