"""Rules, events and an account for the tests of the built-in trigger sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from hookline_builtin.triggers import GlobalRuleSource
from hookline_plugin import Decision, FieldInfo, Happening, Payload, World
from hookline_plugin.trigger import Compiled

CONTACT, DEAL = 0, 149
KINDS = (
    "text", "long_text", "number", "price", "checkbox", "date", "timestamp", "email", "phone", "url", "country",
    "state", "drop_down", "list", "relation",
)  # fmt: skip
FIELDS = tuple(FieldInfo(f"a_{kind}", f"A {kind}", kind) for kind in KINDS)
WORLD = World(
    {CONTACT: FIELDS, DEAL: (FieldInfo("name", "Deal Name", "text"),)},
    {7: CONTACT, 8: CONTACT, 9: DEAL},
    {3: CONTACT, 5: CONTACT, 6: DEAL},
)
SOURCE = GlobalRuleSource()

NOON = 1_790_942_400_000_000
"""2026-10-02T12:00:00Z."""


def trigger(event: str, **params: str) -> dict[str, Any]:
    return {"event": event, "params": params}


def comparison(field: str, op: str, value: str | None = None, **others: Any) -> dict[str, Any]:
    body = {"field": field, "comparison": f"COMPARISON_{op}", **others}
    return {"comparison": body if value is None else {**body, "value": value}}


def relative(field: str, op: str, offset: int, unit: str = "DAYS") -> dict[str, Any]:
    return comparison(field, op, relative={"offset": offset, "unit": f"DATE_UNIT_{unit}"})


def tag(tag_id: int, absent: bool = False) -> dict[str, Any]:
    return {"tag": {"tag_id": str(tag_id), "absent": True} if absent else {"tag_id": str(tag_id)}}


def on_map(campaign_id: int, absent: bool = False) -> dict[str, Any]:
    campaign: dict[str, Any] = {"campaign_id": str(campaign_id)}
    return {"campaign": {**campaign, "absent": True} if absent else campaign}


def rule(*triggers: dict[str, Any], any_of: Sequence[Sequence[dict[str, Any]]] = (), **others: Any) -> Payload:
    return {
        "id": "1",
        "account_id": "3",
        "name": "a rule",
        "triggers": list(triggers) or [trigger("sub_tag", tag_id="4")],
        "any_of": [{"all_of": list(group)} for group in any_of],
        "actions": [{"webhook_id": "7"}],
        **others,
    }


def event(
    type_: str = "sub_tag",
    params: Mapping[str, str] | None = None,
    data: Payload | None = None,
    object_type_id: int = CONTACT,
    changed: Sequence[str] = (),
    tags: Sequence[str] = (),
    now: int = NOON,
) -> Happening:
    given = {"tag_id": "4"} if params is None else params
    return Happening(type_, given, object_type_id, "1", data or {}, changed, tags, now, now)


def decide(definition: Payload, happening: Happening, resolved: bool = True) -> Decision:
    """Check, resolve, compile and ask, as registry and dispatcher do together."""
    assert list(SOURCE.check(definition, WORLD)) == []
    ready = SOURCE.resolve(definition, WORLD) if resolved else definition
    return ask(SOURCE.compile(ready), happening)


def ask(compiled: object, happening: Happening) -> Decision:
    """Ask a definition that has no memory."""
    assert isinstance(compiled, Compiled)
    return compiled.decide(happening)


def fired(definition: Payload, happening: Happening, resolved: bool = True) -> bool:
    decision = decide(definition, happening, resolved)
    assert bool(decision.fires) is not bool(decision.why_not)
    return bool(decision.fires)
