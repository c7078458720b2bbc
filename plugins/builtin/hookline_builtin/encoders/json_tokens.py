"""What stands in a JSON template: its strings, its merge fields outside strings, and whether the rest is JSON."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn, TypeAlias

from hookline_plugin import MAX_DEPTH, Merge, Names
from hookline_plugin.merging import NAMELESS, error_at, fold, unknown

_SIGN = re.compile(r'["\[\]{}]')
STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BARE = re.compile(rf'\[([^\[\]|"]*+)(?:\|(\s*{STRING.pattern}\s*|[^\[\]]*))?\]', re.DOTALL)
_BEGUN = re.compile(r'\[[^\[\]|"]*+\|')
_LIST_LIKE = re.compile(r"\s*(?:[-0-9tfn{]|\Z)")
"""What the inside of a list without strings and lists begins with; so most names cost the parser no look."""
_NAME = re.compile(r"(?=.*[^\W\d_])\s*\w[^,:{}]*", re.DOTALL)

Token: TypeAlias = tuple[int, int, Merge | None]
"""Start and end of a string (None), or of a merge field outside strings."""


def tokens_of(text: str, names: Names) -> Iterator[Token]:
    """Find strings and merge fields; TemplateError as `scan` has it, and for nesting deeper than `MAX_DEPTH`."""
    at = depth = 0
    while (match := _SIGN.search(text, at)) is not None:
        at, sign = match.end(), match[0]
        if sign == '"':
            if (string := STRING.match(text, at - 1)) is None:
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
    if default is None and _LIST_LIKE.match(name) and is_json(match[0]):
        return None
    if not name.strip():
        raise error_at(text, at, NAMELESS)
    path = names.find(name)
    if path is None and names.strict:
        if default is None and _NAME.fullmatch(name) is None:
            return None  # a slip in an array, more likely than one in a name: the parser says where
        raise error_at(text, at, unknown(name, names))
    return Merge(fold(name), path, default or ""), match.end()


def judge(text: str, tokens: list[Token]) -> None:
    """Let the standard library's parser read the template, with `{}` for each merge field outside strings.

    It keeps its place, so that positions are those of the template; it joins with nothing beside it, and is no key.
    Raises TemplateError for what is no JSON.
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


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=len, parse_float=len)
"""Numbers are not looked at: one may be longer than Python converts."""


def _loads(text: str) -> object:
    return _DECODER.decode(text)


def is_json(text: str) -> bool:
    """Say whether a text without deep nesting is JSON."""
    try:
        _loads(text)
    except ValueError:
        return False
    return True


def _outside(text: str, tokens: list[Token], word: str) -> int:
    """Where a word stands first that is in no string and no merge field."""
    at = text.find(word)
    for start, end, _ in tokens:
        if start <= at < end:
            at = text.find(word, end)
    return max(at, 0)
