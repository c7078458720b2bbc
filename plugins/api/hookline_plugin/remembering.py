"""Whether a trigger source has memory, told before it has compiled anything."""


def remembers(source: object) -> bool | None:
    """Say by the return type of a source's `compile` whether its definitions take steps, and so have memory.

    None where `compile` states no type, or one that says neither. Nothing of the source is called.
    """
    try:
        compile_ = getattr(source, "compile", None)
        stated = getattr(compile_, "__annotations__", {}).get("return")
        if isinstance(stated, str):
            # A name in quotes, or any under `from __future__ import annotations`. To evaluate it would be to run it.
            stated = getattr(compile_, "__globals__", {}).get(stated.strip("\"'"))
        steps, decides = hasattr(stated, "step"), hasattr(stated, "decide")
    except Exception:  # a source is anything that a plugin gives: what it says of itself may fail
        return None
    return None if steps is decides else steps
