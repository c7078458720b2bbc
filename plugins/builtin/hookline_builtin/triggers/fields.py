"""What is said of a field that an object type does not have: at a bounded cost, however many fields and flaws."""

from collections.abc import Iterable
from difflib import get_close_matches

MAX_KEY = 64
_MAX_HINTS = 3
_MAX_COMPARED = 100


def unknown_field(key: str, known: Iterable[str], told: int) -> str:
    """Say that an object type has no field of a key.

    Where few flaws were `told` before, with the nearest key that it has, among those of about the same length.
    """
    key = key[:MAX_KEY]
    said = f"the object type has no field with the key {key!r}"
    if told >= _MAX_HINTS:
        return said
    alike = sorted(
        (each for each in known if abs(len(each) - len(key)) <= _MAX_HINTS), key=lambda each: each[:1] != key[:1]
    )
    near = get_close_matches(key, alike[:_MAX_COMPARED], n=1)
    return f"{said}; did you mean {near[0]}?" if near else said
