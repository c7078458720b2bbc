"""What a definition says: `{"field": "score", "threshold": 50, "rearm_below": 40, "webhook_id": 7}`; see the README.

`rearm_below` may be left out: it is the threshold then. Whatever stands there, reading goes on and notes what is wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hookline_plugin import Flaw, Payload, Value, World

KEYS = ("object_type_id", "field", "threshold", "rearm_below", "webhook_id", "paused", "version")
NUMBERS = ("number", "price")
"""The kinds of field that can be a score."""

_MOST = 2**53
"""Beyond it, not every whole number is one to those who count with floating point."""
_MAX_UNKNOWN = 10
_DECIMAL = re.compile(r"[+-]?[0-9]{1,16}(?:\.[0-9]{1,16})?")


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as it was read; what was wrong has the value that does least."""

    object_type_id: int
    field: str
    threshold: float
    rearm_below: float
    webhook_id: int
    paused: bool
    version: int


def read(definition: Payload) -> tuple[Definition, list[Flaw]]:
    """Read a definition, and give what is wrong with it for its own sake."""
    unknown = [key for key in definition if key not in KEYS][:_MAX_UNKNOWN]
    flaws = [Flaw(key[:64], f"is unknown; known are {', '.join(KEYS)}") for key in unknown]
    threshold = _number(definition, "threshold", None, flaws)
    found = Definition(
        object_type_id=_whole(definition, "object_type_id", 0, 2**31 - 1, 0, flaws),
        field=_text(definition, "field", flaws),
        threshold=threshold,
        rearm_below=_number(definition, "rearm_below", threshold, flaws),
        webhook_id=_whole(definition, "webhook_id", 1, 2**63 - 1, None, flaws),
        paused=_flag(definition, "paused", flaws),
        version=_whole(definition, "version", 1, 2**63 - 1, 1, flaws),
    )
    if found.rearm_below > found.threshold and all(flaw.path != "threshold" for flaw in flaws):
        flaws.append(Flaw("rearm_below", "must not be above the threshold"))
    return found, flaws


def misfits(found: Definition, world: World) -> list[Flaw]:
    """Give what is wrong because of what the account has and has not."""
    fields = world.object_types.get(found.object_type_id)
    if fields is None:
        return [Flaw("object_type_id", f"there is no object type {found.object_type_id}")]
    flaws: list[Flaw] = []
    kind = next((field.kind for field in fields if field.key == found.field), None)
    if kind is None:
        flaws.append(Flaw("field", f"there is no field {found.field[:64]!r}"))
    elif kind not in NUMBERS:
        flaws.append(Flaw("field", f"is of the kind {kind}; a score is a {' or '.join(NUMBERS)}"))
    about = world.webhooks.get(found.webhook_id)
    if about is None:
        flaws.append(Flaw("webhook_id", f"there is no webhook {found.webhook_id}"))
    elif about != found.object_type_id:
        flaws.append(Flaw("webhook_id", f"webhook {found.webhook_id} is about another type of object"))
    return flaws


def as_score(value: object) -> float | None:
    """Take a number, or text that is one in plain decimal, for a score; anything else is none."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) <= _MOST else None


def _number(definition: Payload, key: str, default: float | None, flaws: list[Flaw]) -> float:
    value = definition.get(key, default)
    number = None if isinstance(value, str) else as_score(value)
    if number is None:
        flaws.append(Flaw(key, f"must be a number from -{_MOST} to {_MOST}"))
        return 0
    return number


def _whole(definition: Payload, key: str, low: int, high: int, default: int | None, flaws: list[Flaw]) -> int:
    value = definition.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    flaws.append(Flaw(key, f"must be a whole number from {low} to {high}"))
    return low


def _text(definition: Payload, key: str, flaws: list[Flaw]) -> str:
    value = definition.get(key)
    if isinstance(value, str) and value:
        return value
    flaws.append(Flaw(key, "must be a text"))
    return ""


def _flag(definition: Payload, key: str, flaws: list[Flaw]) -> bool:
    value: Value = definition.get(key, False)
    if isinstance(value, bool):
        return value
    flaws.append(Flaw(key, "must be true or false"))
    return False


def webhook_id(definition: Mapping[str, Value]) -> int | None:
    """Give the webhook of a definition of which nothing else is known to be right."""
    value = definition.get("webhook_id")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None
