"""Items of the original's grammar: `name(p1,p2)`, joined by separators.

A backslash before one of `( ) , ; |` or a backslash takes that sign literally; before anything else it is an error.
Blanks around items are skipped, blanks within brackets belong to the value. Positions count characters from 1.
"""

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_BLANKS = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r"[^\\(),;|]+")
_SPECIAL = re.compile(r"[\\(),;|]")
MAX_ITEMS = 1000


class ItemError(ValueError):
    """A text that is refused: `reason` is for people, `position` is where it is wrong."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"position {position}: {reason}")
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class Item:
    """One item, where it starts, and the separator before it, empty for the first."""

    name: str
    params: tuple[str, ...]
    position: int
    separator: str = ""


def read_items(text: str, separators: str) -> list[Item]:
    """Read items joined by one of the separators; a text of blanks has none.

    Raises ItemError.
    """
    items: list[Item] = []
    at = _skip(text, 0)
    separator = ""
    while at < len(text) or separator:
        if len(items) == MAX_ITEMS:
            raise ItemError(f"there are more than {MAX_ITEMS} items", at + 1)
        item, at = _read_item(text, at, separator)
        items.append(item)
        at = _skip(text, at)
        separator = text[at : at + 1]
        if separator and separator not in separators:
            expected = " or ".join(repr(each) for each in separators)
            raise ItemError(f"expected {expected} or the end", at + 1)
        at = _skip(text, at + 1)
    return items


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _read_item(text: str, at: int, separator: str) -> tuple[Item, int]:
    name = _NAME.match(text, at)
    if name is None:
        raise ItemError("expected a name: a letter, then letters, digits and underscores, at most 64", at + 1)
    if text[name.end() : name.end() + 1] != "(":
        return Item(name.group(), (), at + 1, separator), name.end()
    params, end = _read_params(text, name.end())
    return Item(name.group(), params, at + 1, separator), end


def _read_params(text: str, opened: int) -> tuple[tuple[str, ...], int]:
    """Read from the opening bracket to behind the closing one; `()` has no params."""
    params: list[str] = []
    parts: list[str] = []
    at = opened + 1
    while at < len(text):
        plain = _PLAIN.match(text, at)
        if plain:
            parts.append(plain.group())
            at = plain.end()
            continue
        sign = text[at]
        if sign == "\\":
            if not _SPECIAL.match(text, at + 1):
                raise ItemError("a backslash stands before one of ( ) , ; | or a backslash", at + 1)
            parts.append(text[at + 1])
            at += 2
            continue
        if sign not in ",)":
            raise ItemError(f"{sign!r} within brackets needs a backslash before it", at + 1)
        params.append("".join(parts))
        parts.clear()
        at += 1
        if sign == ")":
            return (() if params == [""] else tuple(params)), at
    raise ItemError("the bracket is not closed", opened + 1)


def write_item(name: str, *params: str) -> str:
    """Write an item so that it is read as the same one."""
    return f"{name}({','.join(_SPECIAL.sub(_escaped, param) for param in params)})"


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match.group()}"
