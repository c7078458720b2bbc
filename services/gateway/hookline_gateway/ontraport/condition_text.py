"""The older form of conditions, a text as in SQL: ``event='sub_tag(4)' AND (id>3 OR last_code IS NULL)``."""

from __future__ import annotations

import re
from collections.abc import Collection

from hookline_gateway.ontraport.conditions import Absent, Among, Compared, Condition, Like, joined
from hookline_gateway.refusals import Unreadable

DEEPEST = 10
MOST_TOKENS = 500
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")|(?P<sign><>|!=|>=|<=|[=<>(),])|(?P<word>[^\s'"<>=!(),]+))"""
)
_ESCAPE = re.compile(r"""\\(.)|(['"])\2""", re.DOTALL)
_SIGNS = frozenset({"=", "<>", "!=", ">", "<", ">=", "<="})


def read_text(text: str, fields: Collection[str]) -> Condition:
    """The condition.

    Raises:
        Unreadable: it is none, or names a field that is not among ``fields``.
    """
    reader = _Reader(_tokens(text), fields)
    found = reader.alternatives(0)
    reader.end()
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of each; a quoted one without its quotes."""
    found: list[tuple[str, str]] = []
    place, text = 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(found) == MOST_TOKENS:
            raise _refused()
        kind = match.lastgroup or ""
        token = match[kind]
        if kind == "quoted":
            token = _ESCAPE.sub(lambda escape: escape[1] or escape[2], token[1:-1])
        found.append((kind, token))
        place = match.end()
    return found


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: list[tuple[str, str]], fields: Collection[str]) -> None:
        self._tokens = tokens
        self._fields = fields
        self._place = 0

    def alternatives(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise _refused()
        terms, words = [self._term(depth)], []
        while (word := self._word()) in ("AND", "OR"):
            self._place += 1
            words.append(word)
            terms.append(self._term(depth))
        return joined(terms, words)

    def end(self) -> None:
        if self._place < len(self._tokens):
            raise _refused()

    def _term(self, depth: int) -> Condition:
        if self._took("("):
            inner = self.alternatives(depth + 1)
            self._expect(")")
            return inner
        kind, field = self._next()
        if kind != "word" or field not in self._fields:
            raise Unreadable(f"condition may ask for {', '.join(self._fields)}")
        return self._compared(field)

    def _compared(self, field: str) -> Condition:
        kind, op = self._next()
        if kind == "sign" and op in _SIGNS:
            return Compared(field, op, self._value())
        word = op.upper() if kind == "word" else ""
        wanted = word == "IS" or word != "NOT"
        if word == "IS":
            wanted = not self._took("NOT")
            self._expect("NULL")
            return Absent(field, wanted)
        if not wanted:
            kind, op = self._next()
            word = op.upper() if kind == "word" else ""
        if word == "LIKE":
            return Like(field, self._value(), wanted)
        if word == "IN":
            return Among(field, self._list(), wanted)
        raise _refused()

    def _list(self) -> list[str]:
        self._expect("(")
        found = [self._value()]
        while self._took(","):
            found.append(self._value())
        self._expect(")")
        return found

    def _value(self) -> str:
        kind, value = self._next()
        if kind == "sign":
            raise _refused()
        return value

    def _next(self) -> tuple[str, str]:
        if self._place == len(self._tokens):
            raise _refused()
        self._place += 1
        return self._tokens[self._place - 1]

    def _word(self) -> str:
        kind, token = self._tokens[self._place] if self._place < len(self._tokens) else ("", "")
        return "" if kind == "quoted" else token.upper()

    def _took(self, wanted: str) -> bool:
        took = self._word() == wanted
        self._place += took
        return took

    def _expect(self, wanted: str) -> None:
        if not self._took(wanted):
            raise _refused()


def _refused() -> Unreadable:
    return Unreadable(
        "condition cannot be read: neither a JSON list of terms nor a text such as id=1 AND event='sub_tag(4)'"
    )
