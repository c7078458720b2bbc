"""Whether a trigger source has memory, told before it has compiled anything."""

from types import UnionType
from typing import Any, Union, get_args, get_origin


def remembers(source: object) -> bool | None:
    """Say by the return type of a source's `compile` whether definitions of it take steps, and so have memory.

    True where some do. None where `compile` states no type, or one that says nothing. Nothing of the source is called.
    """
    told = memories(source)
    return True in told if told else None


def memories(source: object) -> frozenset[bool]:
    """Say by the return type of a source's `compile` whether definitions of it have memory, have none, or both."""
    try:
        compile_ = getattr(source, "compile", None)
        stated = getattr(compile_, "__annotations__", {}).get("return")
        known = getattr(compile_, "__globals__", {})
        told = [_tells(part) for part in _parts(stated, known)]
    except Exception:  # a source is anything that a plugin gives: what it says of itself may fail
        return frozenset()
    return frozenset() if None in told else frozenset(each for each in told if each is not None)


def _parts(stated: object, known: dict[str, object]) -> list[object]:
    if isinstance(stated, str):
        # A name in quotes, or any under `from __future__ import annotations`. To evaluate it would be to run it.
        return [known.get(name.strip(" \"'")) for name in stated.strip("\"'").split("|")]
    return list(get_args(stated)) if get_origin(stated) in (Union, UnionType) else [stated]


def _tells(stated: Any) -> bool | None:
    steps, decides = hasattr(stated, "step"), hasattr(stated, "decide")
    return None if steps is decides else steps
