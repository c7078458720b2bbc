"""Conditions: groups of tests of an object as it is after an event; one group must hold, with all of its tests.

They are read from a definition, checked against the fields of an object type, and made into one decision. What is said
of those that do not hold names the condition and repeats nothing of the event's data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, TypeVar

from hookline_builtin.triggers.actions import MAX_ID
from hookline_builtin.triggers.comparison import FITTING, LABELS, FieldComparison, Op, Test, operand_fault, test_of
from hookline_builtin.triggers.definition import Reading
from hookline_builtin.triggers.fields import unknown_field
from hookline_builtin.triggers.relative_date import MAX_OFFSET, RelativeDate, Unit
from hookline_builtin.triggers.rule_events import MAX_NUMBER
from hookline_plugin.encoder import Payload
from hookline_plugin.trigger import Happening, World

MAX_GROUPS = 20
MAX_CONDITIONS = 20
"""How many conditions a group may have."""
MAX_VALUE = 1024
_MAX_KEY = 64
_MAX_TOLD = 3
_TESTS = ("comparison", "tag", "campaign")


@dataclass(frozen=True, slots=True)
class TagCondition:
    """Whether the object has a tag, or has it not."""

    tag_id: int
    absent: bool = False


@dataclass(frozen=True, slots=True)
class CampaignCondition:
    """Whether the object is on the map of a campaign, or is not on it."""

    campaign_id: int
    absent: bool = False


Condition: TypeAlias = FieldComparison | TagCondition | CampaignCondition


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition and the path of where it stands."""

    path: str
    condition: Condition


Groups: TypeAlias = Sequence[Sequence[Placed]]


def read_groups(reading: Reading, owner: Payload, key: str) -> Groups:
    """Read the groups that stand under a key; what is wrong for its own sake is noted."""
    return [
        [
            Placed(place, condition)
            for place, item in reading.items(group, "all_of", f"{path}.all_of", 1, MAX_CONDITIONS)
            if (condition := _read_condition(reading, item, place)) is not None
        ]
        for path, group in reading.items(owner, key, key, 0, MAX_GROUPS)
    ]


def _read_condition(reading: Reading, item: Payload, path: str) -> Condition | None:
    given = [test for test in _TESTS if test in item]
    if len(given) != 1:
        reading.flaw(path, f"must be one of {', '.join(_TESTS)}")
        return None
    test = given[0]
    path = f"{path}.{test}"
    body = reading.mapping(item[test], path)
    if test == "comparison":
        return _read_comparison(reading, body, path)
    if test == "campaign":
        campaign_id = reading.integer(body, "campaign_id", f"{path}.campaign_id", 1, MAX_ID)
        return CampaignCondition(campaign_id, reading.flag(body, "absent", f"{path}.absent"))
    tag_id = reading.integer(body, "tag_id", f"{path}.tag_id", 1, MAX_NUMBER)
    return TagCondition(tag_id, reading.flag(body, "absent", f"{path}.absent"))


_Name = TypeVar("_Name", bound=Enum)


def _named(reading: Reading, kind: type[_Name], value: object, path: str) -> _Name | None:
    try:
        return kind(value)
    except ValueError:
        reading.flaw(path, f"must be one of {', '.join(str(each.value) for each in kind)}")
        return None


def _read_comparison(reading: Reading, body: Payload, path: str) -> FieldComparison | None:
    noted = len(reading.flaws)
    field = reading.text(body, "field", f"{path}.field", _MAX_KEY)
    if not field and len(reading.flaws) == noted:
        reading.flaw(f"{path}.field", "is required")
    op = _named(reading, Op, body.get("comparison"), f"{path}.comparison")
    operand: str | RelativeDate
    if "relative" in body:
        operand = _read_relative(reading, reading.mapping(body["relative"], f"{path}.relative"), f"{path}.relative")
        if "value" in body:
            reading.flaw(path, "must have value or relative, not both")
    else:
        operand = reading.text(body, "value", f"{path}.value", MAX_VALUE)
    kind = reading.text(body, "kind", f"{path}.kind", _MAX_KEY)
    if op is None or len(reading.flaws) > noted:
        return None
    comparison = FieldComparison(field, op, operand, kind)
    fault = operand_fault(comparison, kind)
    if fault:
        reading.flaw(operand_path(path, comparison), fault)
        return None
    return comparison


def _read_relative(reading: Reading, body: Payload, path: str) -> RelativeDate:
    offset = reading.integer(body, "offset", f"{path}.offset", -MAX_OFFSET, MAX_OFFSET)
    given = body.get("unit", "DATE_UNIT_UNSPECIFIED")
    if given == "DATE_UNIT_UNSPECIFIED":
        if offset:
            reading.flaw(f"{path}.unit", "is required where offset is not 0")
        return RelativeDate(offset)
    return RelativeDate(offset, _named(reading, Unit, given, f"{path}.unit") or Unit.DAYS)


def operand_path(path: str, comparison: FieldComparison) -> str:
    """Give the path of what a comparison compares with; `path` is the comparison's."""
    return f"{path}.relative" if isinstance(comparison.operand, RelativeDate) else f"{path}.value"


def campaigns_in(groups: Groups) -> Sequence[int]:
    """Give the ids of the campaigns that conditions ask about, each once; what cannot be read is left out."""
    asked = (placed.condition for group in groups for placed in group)
    return list(
        dict.fromkeys(each.campaign_id for each in asked if isinstance(each, CampaignCondition) and each.campaign_id)
    )


def check_groups(reading: Reading, groups: Groups, object_type_id: int, world: World) -> None:
    """Note what does not fit the account: unknown fields and campaigns, comparisons, values."""
    kinds = {field.key: field.kind for field in world.object_types.get(object_type_id, ())}
    for group in groups:
        for placed in group:
            match placed.condition:
                case FieldComparison() as comparison:
                    _check_comparison(reading, comparison, f"{placed.path}.comparison", kinds)
                case CampaignCondition(campaign_id) if campaign_id:
                    fault = campaign_fault(campaign_id, object_type_id, world.campaigns)
                    if fault:
                        reading.flaw(f"{placed.path}.campaign.campaign_id", fault)
                case _:
                    pass


def campaign_fault(campaign_id: int, object_type_id: int, campaigns: Mapping[int, int]) -> str:
    """Say why objects of a type cannot be on a campaign's map; empty: they can."""
    about = campaigns.get(campaign_id)
    if about is None:
        return f"there is no campaign {campaign_id}"
    if about != object_type_id:
        return f"campaign {campaign_id} is about objects of type {about}, not {object_type_id}"
    return ""


def _check_comparison(reading: Reading, comparison: FieldComparison, path: str, kinds: Mapping[str, str]) -> None:
    kind = kinds.get(comparison.field)
    if kind is None:
        reading.flaw(f"{path}.field", unknown_field(comparison.field, kinds, len(reading.flaws)))
        return
    fitting = FITTING.get(kind, ())
    if comparison.op not in fitting:
        labels = ", ".join(LABELS[op] for op in fitting) or "nothing"
        what = f"{LABELS[comparison.op]} does not fit a field of the kind {kind}; fitting: {labels}"
        reading.flaw(f"{path}.comparison", what)
        return
    fault = operand_fault(comparison, kind)
    if fault:
        reading.flaw(operand_path(path, comparison), fault)


class CompiledConditions:
    """Groups of conditions, ready to be asked."""

    def __init__(self, groups: Groups) -> None:
        self.campaigns = campaigns_in(groups)
        self._groups = tuple(tuple((_test(each.condition), _said(each)) for each in group) for group in groups)

    def failing(self, happening: Happening) -> str:
        """Say which conditions keep an object out, of each group the first; empty: the conditions hold."""
        if not self._groups:
            return ""
        said: list[str] = []
        for group in self._groups:
            for test, what in group:
                if not test(happening):
                    said.append(what)
                    break
            else:
                return ""
        more = f" and {len(said) - _MAX_TOLD} more" if len(said) > _MAX_TOLD else ""
        return f"conditions do not hold: {', '.join(said[:_MAX_TOLD])}{more}"


def _test(condition: Condition) -> Test:
    if isinstance(condition, FieldComparison):
        return test_of(condition)
    absent = condition.absent
    if isinstance(condition, CampaignCondition):
        campaign_id = condition.campaign_id
        return lambda happening: (campaign_id in happening.campaigns) is not absent
    tag = str(condition.tag_id)
    return lambda happening: (tag in happening.tags) is not absent


def _said(placed: Placed) -> str:
    condition = placed.condition
    if isinstance(condition, TagCondition):
        return f"{'no ' if condition.absent else ''}tag {condition.tag_id} ({placed.path})"
    if isinstance(condition, CampaignCondition):
        return f"{'not ' if condition.absent else ''}on campaign {condition.campaign_id} ({placed.path})"
    return f"{condition.field} {LABELS[condition.op]} ({placed.path})"
