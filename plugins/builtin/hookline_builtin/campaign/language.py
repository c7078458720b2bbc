"""Triggers and conditions of a map: they are written, read, checked and asked as those of global rules are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from hookline_builtin.campaign.node import Node
from hookline_builtin.triggers.conditions import CompiledConditions, check_groups, read_groups
from hookline_builtin.triggers.definition import Reading
from hookline_builtin.triggers.global_rule import CompiledRule, GlobalRuleSource
from hookline_builtin.triggers.rule import read_rule
from hookline_plugin.encoder import Payload, Value
from hookline_plugin.trigger import Compiled, Flaw, Happening, World

_RULES = GlobalRuleSource()
_ANY = 1
"""Stands for the webhook that a rule must have."""


class Condition(Protocol):
    """A condition that can be asked; `campaigns` are those that it asks about."""

    campaigns: Sequence[int]

    def failing(self, happening: Happening) -> str:
        """Say what keeps the object out, whose newest state the happening carries; empty: the condition holds."""


def read_triggers(body: Node, object_type_id: int) -> Compiled | None:
    """Read the triggers of an entry or a goal; None where they have flaws, which are noted."""
    definition = _rule(body, object_type_id)
    reading = Reading()
    rule = read_rule(reading, definition)
    for index, trigger in enumerate(rule.triggers):
        if trigger is not None and trigger.kind.timed:
            what = f"{trigger.kind.event} comes with the calendar and not with an event: make a wait until that date"
            reading.flaw(f"triggers[{index}].event", what)
    for flaw in reading.flaws:
        body.flaw(flaw.path, flaw.reason)
    return None if reading.flaws else CompiledRule(rule)


def trigger_flaws(body: Node, object_type_id: int, world: World) -> Iterator[Flaw]:
    """Give what is wrong with triggers, as far as it takes the account's fields to know."""
    webhooks = {_ANY: object_type_id}
    for flaw in _RULES.check(_rule(body, object_type_id), World(world.object_types, webhooks)):
        yield Flaw(body.at(flaw.path), flaw.reason)


def _rule(body: Node, object_type_id: int) -> Payload:
    written = body.value.get("triggers", ())
    return {"object_type_id": object_type_id, "triggers": written, "actions": [{"webhook_id": _ANY}]}


def read_condition(body: Node) -> Condition:
    """Read the groups of a condition; flaws are noted."""
    reading = Reading()
    groups = read_groups(reading, body.value, "any_of")
    if not groups and not reading.flaws:
        reading.flaw("any_of", "must have at least one group of conditions")
    for flaw in reading.flaws:
        body.flaw(flaw.path, flaw.reason)
    return CompiledConditions(groups)


def condition_flaws(body: Node, object_type_id: int, world: World) -> Iterable[Flaw]:
    """Give what is wrong with a condition, as far as it takes the account's fields and campaigns to know."""
    reading = Reading()
    check_groups(reading, read_groups(Reading(), body.value, "any_of"), object_type_id, world)
    return [Flaw(body.at(flaw.path), flaw.reason) for flaw in reading.flaws]


def resolved_condition(body: Mapping[str, Value], object_type_id: int, world: World) -> Payload:
    """Put into a condition what comparisons need to know of the fields that they name."""
    rule = {**_rule(Node(body, "", []), object_type_id), "any_of": body.get("any_of", ())}
    return {**body, "any_of": _RULES.resolve(rule, world)["any_of"]}
