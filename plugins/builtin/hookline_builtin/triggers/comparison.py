"""Comparisons of a field with a value: which ones fit which kind of field, and what each of them tests.

The kind of a field is known when a definition is saved, and is put into it then. Where it is not there, the value of
the event says what is compared: a JSON number with a number, a list by its items, all else as text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from operator import ge, gt, le, lt

from hookline_builtin.triggers.relative_date import RelativeDate
from hookline_builtin.triggers.values import (
    MOST_TEXT,
    as_day,
    as_identity,
    as_items,
    as_moment,
    as_number,
    as_text,
    as_truth,
    is_day,
    is_moment,
    is_number,
)
from hookline_plugin.encoder import Value
from hookline_plugin.trigger import Happening


class Op(Enum):
    """A comparison; the values are the contract's names."""

    EQUAL = "COMPARISON_EQUAL"
    NOT_EQUAL = "COMPARISON_NOT_EQUAL"
    GREATER = "COMPARISON_GREATER"
    LESS = "COMPARISON_LESS"
    GREATER_OR_EQUAL = "COMPARISON_GREATER_OR_EQUAL"
    LESS_OR_EQUAL = "COMPARISON_LESS_OR_EQUAL"
    CONTAINS = "COMPARISON_CONTAINS"
    NOT_CONTAINS = "COMPARISON_NOT_CONTAINS"
    STARTS_WITH = "COMPARISON_STARTS_WITH"
    ENDS_WITH = "COMPARISON_ENDS_WITH"
    ON = "COMPARISON_ON"
    BEFORE = "COMPARISON_BEFORE"
    AFTER = "COMPARISON_AFTER"


LABELS: Mapping[Op, str] = {
    Op.EQUAL: "Equal To",
    Op.NOT_EQUAL: "Not Equal To",
    Op.GREATER: "Greater Than",
    Op.LESS: "Less Than",
    Op.GREATER_OR_EQUAL: "Greater Than or Equal To",
    Op.LESS_OR_EQUAL: "Less Than or Equal To",
    Op.CONTAINS: "Contains",
    Op.NOT_CONTAINS: "Does Not Contain",
    Op.STARTS_WITH: "Starts With",
    Op.ENDS_WITH: "Ends With",
    Op.ON: "On",
    Op.BEFORE: "Before",
    Op.AFTER: "After",
}
"""What people call them."""

DATE_OPS = (Op.ON, Op.BEFORE, Op.AFTER)
_ORDER = {Op.GREATER: gt, Op.LESS: lt, Op.GREATER_OR_EQUAL: ge, Op.LESS_OR_EQUAL: le}
_SAME = (Op.EQUAL, Op.NOT_EQUAL)
_HOLDS = (Op.CONTAINS, Op.NOT_CONTAINS)
_TEXT = (*_SAME, *_HOLDS, Op.STARTS_WITH, Op.ENDS_WITH)
_NUMBER = (*_SAME, *_ORDER)

FITTING: Mapping[str, tuple[Op, ...]] = {
    **dict.fromkeys(("text", "long_text", "email", "phone", "url", "country", "state", "drop_down"), _TEXT),
    **dict.fromkeys(("number", "price"), _NUMBER),
    **dict.fromkeys(("date", "timestamp"), DATE_OPS),
    "checkbox": _SAME,
    "list": _HOLDS,
    "relation": _SAME,
}
"""The comparisons that fit each kind of field."""

Test = Callable[[Happening], bool]
_Match = Callable[[Value], bool]


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """A field, how it is compared, and with what; `kind` is the field's, empty where it is not known."""

    field: str
    op: Op
    operand: str | RelativeDate = ""
    kind: str = ""


def operand_fault(comparison: FieldComparison, kind: str) -> str:
    """Say why the operand fits neither comparison nor kind of field; empty: it does. An empty kind stands for any."""
    op, operand = comparison.op, comparison.operand
    if isinstance(operand, RelativeDate):
        return "" if op in DATE_OPS else f"a relative date cannot be compared by {LABELS[op]}"
    if op in DATE_OPS:
        return _date_fault(op, operand, kind)
    if (op in _ORDER or kind in ("number", "price")) and not is_number(operand):
        return "must be a number in plain decimal, such as 19.90"
    if kind == "checkbox" and operand not in ("0", "1"):
        return "must be 1 or 0"
    if not operand and (op not in _SAME or kind == "relation"):
        return "must not be empty"
    return ""


def _date_fault(op: Op, operand: str, kind: str) -> str:
    if is_day(operand):
        return ""
    if kind == "date" or op is Op.ON:
        return "must be a day such as 2026-01-31, or a relative date"
    return (
        ""
        if is_moment(operand)
        else "must be a day such as 2026-01-31, a moment such as 2026-01-31T08:00:00Z, or a relative date"
    )


def test_of(comparison: FieldComparison) -> Test:
    """Make the test of a comparison whose operand fits: a value that is not of the kind equals and contains nothing."""
    field, op, operand = comparison.field, comparison.op, comparison.operand
    if isinstance(operand, RelativeDate):
        return _relative_test(field, op, operand)
    match = _match(op, operand, comparison.kind)
    if op in (Op.NOT_EQUAL, Op.NOT_CONTAINS):
        return lambda happening: not match(happening.data.get(field))
    return lambda happening: match(happening.data.get(field))


def _match(op: Op, operand: str, kind: str) -> _Match:
    """Give what the comparison says of a value; of those that say not, what they deny."""
    if op in DATE_OPS:
        return _date_match(op, operand)
    if op in _ORDER:
        return _order_match(op, Decimal(operand))
    if op in _SAME:
        return _equal_match(operand, kind)
    if op in _HOLDS:
        return _contains_match(operand.casefold(), kind)
    wanted = operand.casefold()
    if op is Op.STARTS_WITH:
        return lambda value: (as_text(value) or "").startswith(wanted)
    return lambda value: (as_text(value[-MOST_TEXT:] if isinstance(value, str) else value) or "").endswith(wanted)


def _order_match(op: Op, operand: Decimal) -> _Match:
    order = _ORDER[op]

    def match(value: Value) -> bool:
        number = as_number(value)
        return number is not None and order(number, operand)

    return match


def _equal_match(operand: str, kind: str) -> _Match:
    text = operand.casefold()
    if kind == "checkbox":
        truth = operand == "1"
        return lambda value: as_truth(value) is truth
    if kind == "relation":
        return lambda value: as_identity(value) == text
    number = Decimal(operand) if is_number(operand) else None
    if number is None:
        return lambda value: as_text(value) == text
    if kind in ("number", "price"):
        return lambda value: as_number(value) == number
    if kind:
        return lambda value: as_text(value) == text
    return lambda value: (
        as_number(value) == number
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else as_text(value) == text
    )


def _contains_match(wanted: str, kind: str) -> _Match:
    def match(value: Value) -> bool:
        if kind == "list" or (not kind and isinstance(value, Sequence) and not isinstance(value, str)):
            items = as_items(value)
            return items is not None and wanted in items
        text = as_text(value)
        return text is not None and wanted in text

    return match


def _date_match(op: Op, operand: str) -> _Match:
    if is_day(operand):
        day = date.fromisoformat(operand)
        return lambda value: _ordered(op, as_day(value), day)
    moment = as_moment(operand) or datetime.min.replace(tzinfo=UTC)
    return lambda value: _ordered(op, as_moment(value), moment)


def _relative_test(field: str, op: Op, operand: RelativeDate) -> Test:
    def test(happening: Happening) -> bool:
        day = as_day(happening.data.get(field))
        return day is not None and _ordered(op, day, operand.day(happening.now))

    return test


def _ordered(op: Op, found: date | None, wanted: date) -> bool:
    if found is None:
        return False
    if op is Op.BEFORE:
        return found < wanted
    return found > wanted if op is Op.AFTER else found == wanted
