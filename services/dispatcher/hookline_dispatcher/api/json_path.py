"""Where in a JSON text a place is, said the way a person would: ``order.items[3].price``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_PLAIN = re.compile(r"\w+").fullmatch


@dataclass(slots=True)
class _Container:
    """One that is open: the name of the member, or the index of the item, that is being read."""

    step: str | int
    name: str = ""
    """The last string of an object; what comes before a colon is the name of a member."""


def path_at(text: str, position: int) -> str:
    """The path of the value that begins at ``position`` of ``text``, which is JSON up to there; empty at the top."""
    open_: list[_Container] = []
    for match in _SIGN.finditer(text, 0, position):
        sign = match.group()
        if sign in "{[":
            open_.append(_Container("" if sign == "{" else 0))
        elif sign in "}]":
            open_.pop()
        elif sign[0] == '"':
            if open_:
                open_[-1].name = sign
        elif sign == ":":
            open_[-1].step = open_[-1].name
        elif isinstance(open_[-1].step, int):
            open_[-1].step += 1
    return "".join(_step(each.step) for each in open_).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    name = json.loads(step)
    return f".{name}" if _PLAIN(name) else f"[{json.dumps(name, ensure_ascii=False)}]"
