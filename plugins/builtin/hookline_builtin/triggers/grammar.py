"""The original's text grammar of rules: read into the definition of a global rule, and written from one.

Events and actions are joined by `;`, conditions by `;` (and), which binds closer, and `|` (or). What is read is what a
rule can say; whether it fits the account is for the check of the rule. `write(read(text))` is the text in its canonical
form, `read(write(rule))` the rule again.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from hookline_builtin.triggers.actions import MAX_ID
from hookline_builtin.triggers.comparison import DATE_OPS, LABELS, FieldComparison, Op
from hookline_builtin.triggers.conditions import CampaignCondition, Condition, TagCondition
from hookline_builtin.triggers.definition import Reading
from hookline_builtin.triggers.items import Item, ItemError, read_items, write_item
from hookline_builtin.triggers.relative_date import RelativeDate, Unit
from hookline_builtin.triggers.rule import RuleTrigger, read_rule
from hookline_builtin.triggers.rule_events import BY_WRITTEN, MAX_NUMBER
from hookline_plugin.encoder import Payload, Value
from hookline_plugin.trigger import TextError

ACTION = "Ping_APIURL"
_FIELD, _TAG, _NO_TAG = "field_is_condition_fieldvalue", "Is_in_category", "Is_not_in_category"
_ON_MAP, _NOT_ON_MAP = "Is_subscribed_to_drip", "Is_not_subscribed_to_drip"
_CONDITIONS = (_FIELD, _TAG, _NO_TAG, _ON_MAP, _NOT_ON_MAP)
_UNSUPPORTED = frozenset(
    {
        "Been_on_campaign_for_timeframe",
        "Has_clicked_emailanchor_condition_n_times",
        "Has_opened_email_condition_n_times",
        "Has_purchased_condition_n_product",
        "Has_spent_condition_N_on_product",
        "Is_subscribed_to_productsub",
        "campaignbuilder_subscription_date_is_val",
        "paused_or_active_on_camp",
    }
)
_OPS = {label.casefold(): op for op, label in LABELS.items()}
_DATE_DIGITS = {"1": Op.ON, "2": Op.BEFORE, "3": Op.AFTER}
_DIGIT_OF = {op: digit for digit, op in _DATE_DIGITS.items()}
_UNITS = {"day": Unit.DAYS, "week": Unit.WEEKS, "month": Unit.MONTHS}
_WORD_OF = {unit: word for word, unit in _UNITS.items()}
_RELATIVE = re.compile(r"today(?:([+-])([0-9]{1,5}) (day|week|month)s?)?")
_ID = re.compile(r"[1-9][0-9]{0,18}")
_LEGACY = re.compile(rf"{ACTION}\s*\([^()]*::")


def read(events: str, conditions: str, actions: str) -> Payload:
    """Read the three texts into `triggers`, `any_of` and `actions` of a definition.

    Raises TextError with the part, the position in it and the reason.
    """
    return {
        "triggers": [_read_trigger(item) for item in _items("events", events, ";")],
        "any_of": _read_groups(_items("conditions", conditions, ";|")),
        "actions": [_read_action(item) for item in _items("actions", actions, ";")],
    }


def write(definition: Payload) -> Mapping[str, str]:
    """Write the three texts of a rule in which nothing is wrong for its own sake.

    Raises ValueError for another one.
    """
    reading = Reading()
    rule = read_rule(reading, definition)
    if reading.flaws:
        raise ValueError(f"{reading.flaws[0].path}: {reading.flaws[0].reason}")
    return {
        "events": ";".join(_written_trigger(trigger) for trigger in rule.triggers if trigger is not None),
        "conditions": "|".join(
            ";".join(_written_condition(placed.condition) for placed in group) for group in rule.groups
        ),
        "actions": ";".join(write_item(ACTION, str(webhook_id)) for webhook_id in rule.webhook_ids),
    }


def _items(part: str, text: str, separators: str) -> list[Item]:
    legacy = _LEGACY.search(text) if part == "actions" else None
    if legacy:
        form = f"{ACTION}(url::post_data::json_flag) with a flag of 0 or 1"
        reason = f"the old form is {form}; or make a webhook of its settings, then write {ACTION}(its id)"
        raise TextError(part, legacy.start() + 1, reason)
    try:
        return read_items(text, separators)
    except ItemError as error:
        raise TextError(part, error.position, error.reason) from None


def _read_trigger(item: Item) -> Payload:
    kind = BY_WRITTEN.get(item.name)
    if kind is None:
        raise TextError("events", item.position, _unknown(item.name, BY_WRITTEN))
    least = sum(param.required for param in kind.params)
    _expect(item, "events", least, len(kind.params))
    params = {param.name: value for param, value in zip(kind.params, item.params, strict=False)}
    return {"event": kind.event, "params": params} if params else {"event": kind.event}


def _read_groups(items: Sequence[Item]) -> Value:
    groups: list[list[Payload]] = []
    for item in items:
        if item.separator != ";":
            groups.append([])
        groups[-1].append(_read_condition(item))
    return [{"all_of": group} for group in groups]


def _read_condition(item: Item) -> Payload:
    if item.name not in _CONDITIONS:
        raise TextError("conditions", item.position, _unknown(item.name, _CONDITIONS))
    if item.name == _FIELD:
        _expect(item, "conditions", 3, 3)
        return {"comparison": _read_comparison(item)}
    _expect(item, "conditions", 1, 1)
    if item.name in (_ON_MAP, _NOT_ON_MAP):
        campaign = {"campaign_id": _id(item, "conditions", "campaign", MAX_ID)}
        return {"campaign": {**campaign, "absent": True} if item.name == _NOT_ON_MAP else campaign}
    tag = {"tag_id": _id(item, "conditions", "tag", MAX_NUMBER)}
    return {"tag": {**tag, "absent": True} if item.name == _NO_TAG else tag}


def _read_comparison(item: Item) -> Payload:
    field, conditional, value = item.params
    op = _DATE_DIGITS.get(conditional) or _OPS.get(conditional.casefold())
    if op is None:
        known = ", ".join([*(label for each, label in LABELS.items() if each not in DATE_OPS), *_DATE_DIGITS])
        raise TextError("conditions", item.position, f"unknown comparison {conditional[:64]!r}; known are {known}")
    found: dict[str, Value] = {"field": field, "comparison": op.value}
    relative = _RELATIVE.fullmatch(value) if op in DATE_OPS else None
    if relative is None:
        return {**found, "value": value}
    sign, count, unit = relative.groups()
    if not count or not int(count):
        return {**found, "relative": {}}
    offset = -int(count) if sign == "-" else int(count)
    return {**found, "relative": {"offset": offset, "unit": _UNITS[unit].value}}


def _read_action(item: Item) -> Payload:
    if item.name != ACTION:
        raise TextError("actions", item.position, f"unknown action {item.name!r}; known is {ACTION}")
    _expect(item, "actions", 1, 1)
    return {"webhook_id": _id(item, "actions", "webhook", MAX_ID)}


def _id(item: Item, part: str, what: str, most: int) -> str:
    if not _ID.fullmatch(item.params[0]) or int(item.params[0]) > most:
        raise TextError(part, item.position, f"{item.name} needs the id of a {what} in plain decimal")
    return item.params[0]


def _expect(item: Item, part: str, least: int, most: int) -> None:
    if least <= len(item.params) <= most:
        return
    wanted = f"{least} to {most} values" if least != most else f"{most} value{'s' * (most != 1)}" if most else "none"
    raise TextError(part, item.position, f"{item.name} takes {wanted} in brackets, not {len(item.params)}")


def _unknown(name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    if name in _UNSUPPORTED:
        return f"{name} is not supported: events do not carry what it asks for; a field or a tag can stand for it"
    near = get_close_matches(name, known, n=1)
    return f"unknown name {name!r}; " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")


def _written_trigger(trigger: RuleTrigger) -> str:
    params = (trigger.params.get(param.name) for param in trigger.kind.params)
    return write_item(trigger.kind.written, *(value for value in params if value is not None))


def _written_condition(condition: Condition) -> str:
    if isinstance(condition, TagCondition):
        return write_item(_NO_TAG if condition.absent else _TAG, str(condition.tag_id))
    if isinstance(condition, CampaignCondition):
        return write_item(_NOT_ON_MAP if condition.absent else _ON_MAP, str(condition.campaign_id))
    return write_item(_FIELD, condition.field, _written_op(condition.op), _written_operand(condition))


def _written_op(op: Op) -> str:
    return _DIGIT_OF.get(op) or LABELS[op]


def _written_operand(comparison: FieldComparison) -> str:
    operand = comparison.operand
    if not isinstance(operand, RelativeDate):
        return operand
    if not operand.offset:
        return "today"
    count, word = abs(operand.offset), _WORD_OF[operand.unit]
    return f"today{'-' if operand.offset < 0 else '+'}{count} {word}{'s' * (count != 1)}"
