"""The trigger source `global_rule`: rules with triggers, conditions and actions, as the contract's GlobalRule.

A rule fires all its webhooks when one of its triggers happens to an object of its type and one of its groups of
conditions holds. It has memory where it settles, where it waits for a date, and where it asks who is on a campaign's
map: only definitions with memory are told that.
"""

from collections.abc import Iterable, Mapping, Sequence

from hookline_builtin.triggers import grammar
from hookline_builtin.triggers.actions import check_actions, ids_in
from hookline_builtin.triggers.conditions import CompiledConditions, campaigns_in, check_groups, read_groups
from hookline_builtin.triggers.date_trigger import date_triggers
from hookline_builtin.triggers.dated import ROOM, Dated
from hookline_builtin.triggers.definition import Reading
from hookline_builtin.triggers.fields import unknown_field
from hookline_builtin.triggers.rule import Rule, RuleTrigger, read_rule
from hookline_builtin.triggers.rule_events import BY_EVENT, FIELD
from hookline_builtin.triggers.settle import settling
from hookline_plugin import Decision, Fire, Flaw, Happening, Interest, Payload, Value, World
from hookline_plugin.catalogue import FIELD_IS_UPDATED, OBJECT_CREATE, event_type
from hookline_plugin.settled import Settled
from hookline_plugin.stateful import MAX_MEMORY

_DATES = ("date", "timestamp")
_PAUSED = Decision(why_not="the rule is paused")
_UNCONCERNED = Decision(why_not="none of the rule's triggers waits for such an event")


class GlobalRuleSource:
    """Knows global rules."""

    name = "global_rule"

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a rule."""
        reading = Reading()
        rule = read_rule(reading, definition)
        fields = world.object_types.get(rule.object_type_id)
        if fields is None:
            reading.flaw("object_type_id", f"there is no object type {rule.object_type_id}")
        else:
            check_groups(reading, rule.groups, rule.object_type_id, world)
            _check_fields(reading, rule, {field.key: field.kind for field in fields})
        check_actions(reading, rule.webhook_ids, "actions", rule.object_type_id, world.webhooks)
        return reading.flaws

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the webhooks of the rule's actions."""
        return ids_in(definition, "actions")

    def campaigns(self, definition: Payload) -> Iterable[int]:
        """Give the campaigns that the rule's conditions ask about."""
        return campaigns_in(read_groups(Reading(), definition, "any_of"))

    def resolve(self, definition: Payload, world: World) -> Payload:
        """Put the kind of its field into each comparison and each trigger that comes with a date, as `kind`."""
        rule = read_rule(Reading(), definition)
        kinds = {field.key: field.kind for field in world.object_types.get(rule.object_type_id, ())}
        found = {**definition, "any_of": _resolved(definition.get("any_of", ()), kinds)}
        if any(each is not None and each.kind.timed for each in rule.triggers):
            found["triggers"] = [_with_kind(each, kinds) for each in _mappings(definition.get("triggers"))]
        return found

    def compile(self, definition: Payload) -> "CompiledRule | Settled | Dated":
        """Get a rule ready to be asked."""
        reading = Reading()
        rule = read_rule(reading, definition)
        if reading.flaws:
            raise ValueError(f"{reading.flaws[0].path}: {reading.flaws[0].reason}")
        compiled = CompiledRule(rule)
        dates = date_triggers(rule)
        if dates:
            settled = Settled(compiled, rule.settle.quiet, rule.settle.longest, MAX_MEMORY - ROOM)
            return Dated(compiled, settled, rule.object_type_id, dates)
        return settling(compiled, rule.settle, always=bool(compiled.campaigns))

    def read_text(self, parts: Mapping[str, str]) -> Payload:
        """Read triggers, conditions and actions from `events`, `conditions` and `actions` of the original's grammar."""
        return grammar.read(parts.get("events", ""), parts.get("conditions", ""), parts.get("actions", ""))

    def write_text(self, definition: Payload) -> Mapping[str, str]:
        """Write `events`, `conditions` and `actions` of a rule in which `check` found nothing."""
        return grammar.write(definition)


def _check_fields(reading: Reading, rule: Rule, kinds: Mapping[str, str]) -> None:
    for index, trigger in enumerate(rule.triggers):
        key = trigger.params.get(FIELD) if trigger is not None else None
        if trigger is None or key is None:
            continue
        path = f"triggers[{index}].params.{FIELD}"
        if key not in kinds:
            reading.flaw(path, unknown_field(key, kinds, len(reading.flaws)))
        elif trigger.kind.timed and kinds[key] not in _DATES:
            reading.flaw(path, f"the field {key!r} is no date but of the kind {kinds[key]}")


def _mappings(value: Value) -> Sequence[Payload]:
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [item for item in items if isinstance(item, Mapping)]


def _with_kind(trigger: Payload, kinds: Mapping[str, str]) -> Payload:
    """Give a trigger that comes with a date with the kind of its field."""
    event, params = trigger.get("event"), trigger.get("params")
    kind = BY_EVENT.get(event) if isinstance(event, str) else None
    key = params.get(FIELD) if isinstance(params, Mapping) else None
    if kind is None or not kind.timed or not isinstance(key, str):
        return trigger
    return {**trigger, "kind": kinds.get(key, "")}


def _resolved(value: Value, kinds: Mapping[str, str]) -> Value:
    """Give a definition's part with a `kind` beside each `field`, however deep it stands."""
    if isinstance(value, Mapping):
        found = {name: _resolved(part, kinds) for name, part in value.items()}
        key = found.get("field")
        return {**found, "kind": kinds.get(key, "")} if isinstance(key, str) else found
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_resolved(part, kinds) for part in value]
    return value


class CompiledRule:
    """A rule that can be asked."""

    def __init__(self, rule: Rule) -> None:
        triggers = [trigger for trigger in rule.triggers if trigger is not None]
        untimed = [trigger for trigger in triggers if not trigger.kind.timed]
        self._object_type_id = rule.object_type_id
        self._paused = rule.paused
        self._conditions = CompiledConditions(rule.groups)
        self._fires = Decision(tuple(Fire(webhook_id) for webhook_id in rule.webhook_ids))
        self._fields = frozenset(each.params[FIELD] for each in triggers if each.kind.event == FIELD_IS_UPDATED)
        self._params: dict[str, list[tuple[tuple[str, str], ...]]] = {}
        for each in triggers:
            if each.kind.event != FIELD_IS_UPDATED:
                self._params.setdefault(each.kind.event, []).append(tuple(each.params.items()))
        self._interests = () if rule.paused else tuple(dict.fromkeys(map(self._interest, untimed)))

    @property
    def campaigns(self) -> Sequence[int]:
        """The campaigns that its conditions ask about."""
        return self._conditions.campaigns

    @property
    def paused(self) -> bool:
        """Whether it is at rest."""
        return self._paused

    @property
    def interests(self) -> Sequence[Interest]:
        """One for each trigger that an event brings about, about the rule's object type."""
        return self._interests

    def decide(self, happening: Happening) -> Decision:
        """Fire all webhooks where a trigger and a group of conditions hold."""
        if self._paused:
            return _PAUSED
        if happening.object_type_id != self._object_type_id:
            return _UNCONCERNED
        missed = self._missed(happening)
        if missed is not None:
            return missed
        failing = self._conditions.failing(happening)
        return Decision(why_not=failing) if failing else self._fires

    def _missed(self, happening: Happening) -> Decision | None:
        """Say why no trigger happened, or None where one did."""
        given = happening.params
        first = ""
        for params in self._params.get(happening.type, ()):
            for name, value in params:
                if given.get(name) != value:
                    first = first or name
                    break
            else:
                return None
        if happening.type != OBJECT_CREATE and not self._fields.isdisjoint(happening.changed_fields):
            return None
        if not first:
            return _UNCONCERNED
        return Decision(why_not=f"the event's {first} is not the one that the rule waits for")

    def _interest(self, trigger: RuleTrigger) -> Interest:
        event = trigger.kind.event
        if event == FIELD_IS_UPDATED:
            return Interest(event, self._object_type_id, trigger.params[FIELD])
        kind = event_type(event)
        number = kind.number_of(self._object_type_id, trigger.params) if kind else None
        return Interest(event, self._object_type_id, number)
