"""A global rule as its definition says it: read once, with all that is wrong for its own sake noted with its path."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hookline_builtin.triggers.actions import read_actions
from hookline_builtin.triggers.conditions import MAX_VALUE, Groups, read_groups
from hookline_builtin.triggers.definition import Reading, text_fault
from hookline_builtin.triggers.rule_events import (
    BY_EVENT,
    BY_WRITTEN,
    MAX_NUMBER,
    Param,
    ParamKind,
    RuleEvent,
)
from hookline_builtin.triggers.settle import AT_ONCE, Settle, read_settle
from hookline_plugin.encoder import Payload

MAX_TRIGGERS = 50
CONTACT = 0
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class RuleTrigger:
    """An event that a rule waits for, and the params that the event must have."""

    kind: RuleEvent
    params: Mapping[str, str]
    field_kind: str = ""
    """Of what comes with a date: the kind of its field, where that is known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says. `triggers` has None where one cannot be read, so that places stay what they are."""

    object_type_id: int
    triggers: Sequence[RuleTrigger | None]
    groups: Groups
    webhook_ids: Sequence[int]
    paused: bool
    settle: Settle = AT_ONCE


def read_rule(reading: Reading, definition: Payload) -> Rule:
    """Read a rule; what the reading notes is wrong whatever the account has."""
    object_type_id = reading.integer(definition, "object_type_id", "object_type_id", 0, MAX_NUMBER)
    triggers: list[RuleTrigger | None] = []
    for path, item in reading.items(definition, "triggers", "triggers", 1, MAX_TRIGGERS):
        trigger = _read_trigger(reading, item, path, object_type_id)
        if trigger is not None and trigger in triggers:
            reading.flaw(path, f"is the same as triggers[{triggers.index(trigger)}]")
        triggers.append(trigger)
    return Rule(
        object_type_id,
        triggers,
        read_groups(reading, definition, "any_of"),
        read_actions(reading, definition, "actions", 1),
        reading.flag(definition, "paused", "paused"),
        read_settle(reading, definition),
    )


def _read_trigger(reading: Reading, item: Payload, path: str, object_type_id: int) -> RuleTrigger | None:
    event = item.get("event", "")
    kind = BY_EVENT.get(event) if isinstance(event, str) else None
    if kind is None:
        reading.flaw(f"{path}.event", _unknown_event(event))
        return None
    if kind.contacts_only and object_type_id != CONTACT:
        reading.flaw(f"{path}.event", f"{kind.event} is for contacts only")
    given = reading.mapping(item.get("params", {}), f"{path}.params")
    known = {param.name: param for param in kind.params}
    for name in given:
        if name not in known:
            takes = ", ".join(known) or "none"
            reading.flaw(f"{path}.params.{name[:_MAX_NAME]}", f"is not a param of {kind.event}, which takes {takes}")
    params: dict[str, str] = {}
    for param in kind.params:
        value = given.get(param.name, "")
        fault = _param_fault(param, value)
        if fault:
            reading.flaw(f"{path}.params.{param.name}", fault)
        elif value:
            params[param.name] = str(value)
    return RuleTrigger(kind, params, reading.text(item, "kind", f"{path}.kind", _MAX_NAME) if kind.timed else "")


def _unknown_event(event: object) -> str:
    if not isinstance(event, str) or not event:
        return "must name an event"
    if event in BY_WRITTEN:
        return f"the event of {event} is {BY_WRITTEN[event].event}"
    near = get_close_matches(event[:_MAX_NAME], BY_EVENT, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(BY_EVENT)}"
    return f"no rule can wait for {event[:_MAX_NAME]!r}; {hint}"


def _param_fault(param: Param, value: object) -> str:
    if value == "":
        return "is required" if param.required else ""
    fault = text_fault(value, MAX_VALUE)
    if fault or not isinstance(value, str) or param.kind is not ParamKind.NUMBER:
        return fault
    if _NUMBER.fullmatch(value) and param.least <= int(value) <= param.most:
        return ""
    return f"must be {param.least} to {param.most} in decimal digits, without sign, blank or leading zero"
