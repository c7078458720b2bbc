"""What conditions hold of which data: every comparison for every kind of field, dates, tags, groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hookline.registry.v1 import form_pb2, global_rule_pb2, object_type_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.triggers.comparison import FITTING, Op
from hookline_builtin.triggers.relative_date import RelativeDate, Unit

from .rules import KINDS, NOON, SOURCE, ask, comparison, decide, event, fired, relative, rule, tag

NOTHING: Any = {}
TRUE: Any = (True, 1, "1", "true", "TRUE")
FALSE: Any = (False, 0, "0", "false", "", None, NOTHING)
NO_TRUTH: Any = ("yes", "no", 2, 1.5, [1], {"a": 1})


def holds(condition: dict[str, Any], data: Any, resolved: bool = True) -> bool:
    """Say whether a condition holds of the data of its field, or of no data where they are NOTHING."""
    field = condition["comparison"]["field"]
    given = {} if data is NOTHING else {field: data}
    return fired(rule(any_of=[[condition]]), event(data=given), resolved)


NO_DATES: Any = (
    None, NOTHING, "", "soon", "2026-10-2", "2026-02-30", "2026-10-02T25:00:00Z", "02.10.2026", True, [], {},
    10**20, -(10**20), float("nan"), float("inf"), "9" * 12, "2026-10-02T00:00:00+99:99", "٢٠٢٦-10-02",
    "0001-01-01T00:00:00+14:00",
)  # fmt: skip
TEXT = [
    ("EQUAL", "Mary", "Mary", True),
    ("EQUAL", "MARY", "mary", True),
    ("EQUAL", "STRASSE", "straße", True),
    ("EQUAL", "Mary", "Mary ", False),
    ("EQUAL", "7", 7, True),
    ("EQUAL", "7", "7.0", False),
    ("EQUAL", "7", "07", False),
    ("EQUAL", "1", True, True),
    ("EQUAL", "0", False, True),
    ("EQUAL", "1.5", 1.5, True),
    ("EQUAL", "", "", True),
    ("EQUAL", "", None, True),
    ("EQUAL", "", NOTHING, True),
    ("EQUAL", "", "x", False),
    ("EQUAL", "x", ["x"], False),
    ("EQUAL", "", [], False),
    ("EQUAL", "x", {"x": "x"}, False),
    ("NOT_EQUAL", "Mary", "mary", False),
    ("NOT_EQUAL", "Mary", "John", True),
    ("NOT_EQUAL", "", "x", True),
    ("NOT_EQUAL", "", NOTHING, False),
    ("NOT_EQUAL", "x", ["x"], True),
    ("CONTAINS", "AR", "mary", True),
    ("CONTAINS", "AR", "john", False),
    ("CONTAINS", "5", 157, True),
    ("CONTAINS", "x", NOTHING, False),
    ("CONTAINS", "x", ["x"], False),
    ("CONTAINS", "end", "a" * 8_188 + "end", True),
    ("CONTAINS", "end", "a" * 8_190 + "end", False),
    ("STARTS_WITH", "MARY", "mary" + "a" * 9_000, True),
    ("ENDS_WITH", "END", "a" * 9_000 + "end", True),
    ("EQUAL", "mary", "mary" * 9_000, False),
    ("NOT_CONTAINS", "AR", "mary", False),
    ("NOT_CONTAINS", "AR", "john", True),
    ("NOT_CONTAINS", "x", NOTHING, True),
    ("STARTS_WITH", "MA", "mary", True),
    ("STARTS_WITH", "ry", "mary", False),
    ("STARTS_WITH", "m", NOTHING, False),
    ("STARTS_WITH", "m", ["m"], False),
    ("ENDS_WITH", "RY", "mary", True),
    ("ENDS_WITH", "ma", "mary", False),
    ("ENDS_WITH", ".*", "mary", False),
]
NUMBER: list[tuple[str, str, Any, bool]] = [
    ("EQUAL", "19.90", 19.9, True),
    ("EQUAL", "19.90", "19.9", True),
    ("EQUAL", "7", 7, True),
    ("EQUAL", "7", "7.000", True),
    ("EQUAL", "0.3", 0.1 + 0.2, False),
    ("EQUAL", "7", "seven", False),
    ("EQUAL", "1", True, False),
    ("EQUAL", "0", None, False),
    ("EQUAL", "0", NOTHING, False),
    ("NOT_EQUAL", "7", 8, True),
    ("NOT_EQUAL", "7", "7.0", False),
    ("NOT_EQUAL", "7", NOTHING, True),
    ("GREATER", "7", 8, True),
    ("GREATER", "7", 7, False),
    ("GREATER", "7", "10", True),
    ("GREATER", "7", "", False),
    ("GREATER", "-1", 0, True),
    ("GREATER", "9007199254740992", 9007199254740993, True),
    ("GREATER", "1", 10**5000, True),
    ("GREATER", "1", "1e9", False),
    ("GREATER", "1", float("inf"), False),
    ("GREATER", "1", float("nan"), False),
    ("LESS", "7", 6.99, True),
    ("LESS", "7", 7, False),
    ("LESS", "7", NOTHING, False),
    ("GREATER_OR_EQUAL", "7", 7, True),
    ("GREATER_OR_EQUAL", "7", 6, False),
    ("LESS_OR_EQUAL", "7", "7.00", True),
    ("LESS_OR_EQUAL", "7", [7], False),
]
CHECKBOX: list[tuple[str, str, Any, bool]] = [
    *(("EQUAL", "1", value, value in TRUE) for value in (*TRUE, *FALSE, *NO_TRUTH)),
    *(("EQUAL", "0", value, value in FALSE) for value in (*TRUE, *FALSE, *NO_TRUTH)),
    ("NOT_EQUAL", "1", True, False),
    ("NOT_EQUAL", "1", NOTHING, True),
]
LIST = [
    ("CONTAINS", "Red", ["green", "RED"], True),
    ("CONTAINS", "re", ["green", "red"], False),
    ("CONTAINS", "12", "*/*11*/*12*/*", True),
    ("CONTAINS", "1", "*/*11*/*12*/*", False),
    ("CONTAINS", "12", "12", True),
    ("CONTAINS", "12", [12], True),
    ("CONTAINS", "12", NOTHING, False),
    ("CONTAINS", "12", 12, False),
    ("CONTAINS", "12", {"12": 1}, False),
    ("NOT_CONTAINS", "12", [12, [12]], False),
    ("NOT_CONTAINS", "12", [[12]], True),
    ("NOT_CONTAINS", "12", NOTHING, True),
]
RELATION = [
    ("EQUAL", "8", 8, True),
    ("EQUAL", "8", "8", True),
    ("EQUAL", "8", {"id": "8", "email": "x"}, True),
    ("EQUAL", "8", {"id": 9}, False),
    ("EQUAL", "8", {}, False),
    ("EQUAL", "8", NOTHING, False),
    ("NOT_EQUAL", "8", {"id": 9}, True),
]
# Two days in October 2026: the first at noon is when events are decided.
DATE: list[tuple[str, str, Any, bool]] = [
    ("ON", "2026-10-02", "2026-10-02", True),
    ("ON", "2026-10-02", "2026-10-02T23:59:59Z", True),
    ("ON", "2026-10-02", "2026-10-02 23:59", True),
    ("ON", "2026-10-02", "2026-10-02T23:00:00-05:00", False),
    ("ON", "2026-10-03", "2026-10-02T23:00:00-05:00", True),
    ("ON", "2026-10-02", 1790942400, True),
    ("ON", "2026-10-02", "1790942400", True),
    ("ON", "2026-10-02", 1790942400.5, True),
    ("ON", "2026-10-02", "2026-10-03", False),
    ("BEFORE", "2026-10-02", "2026-10-01", True),
    ("BEFORE", "2026-10-02", "2026-10-02T00:00:00Z", False),
    ("BEFORE", "2026-10-02", -1, True),
    ("AFTER", "2026-10-02", "2026-10-02T23:59:59Z", False),
    ("AFTER", "2026-10-02", "2026-10-03", True),
    *(
        (op, "2026-10-02", value, False)
        for op in ("ON", "BEFORE", "AFTER")
        for value in NO_DATES
    ),
]  # fmt: skip
MOMENT = [
    ("BEFORE", "2026-10-02T08:00:00Z", "2026-10-02T07:59:59Z", True),
    ("BEFORE", "2026-10-02T08:00:00Z", "2026-10-02T08:00:00Z", False),
    ("BEFORE", "2026-10-02T08:00:00Z", "2026-10-02T08:30:00+01:00", True),
    ("AFTER", "2026-10-02T08:00:00Z", "2026-10-02T08:00:01.5Z", True),
    ("AFTER", "2026-10-02T08:00:00+02:00", 1790942400, True),
    ("AFTER", "2026-10-02 08:00", "2026-10-02", False),
    ("AFTER", "2026-10-02T08:00:00Z", NOTHING, False),
    ("BEFORE", "2026-10-02T08:00:00Z", "0001-01-01T00:00:00+14:00", True),
    ("AFTER", "2026-10-02T08:00:00Z", "9999-12-31T23:59:59-14:00", True),
    ("BEFORE", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", True),
    ("AFTER", "2026-10-02T08:00:00.5Z", "2026-10-02T08:00:00.6Z", True),
]
TABLES: dict[str, Sequence[tuple[str, str, Any, bool]]] = {
    **dict.fromkeys(("text", "long_text", "email", "phone", "url", "country", "state", "drop_down"), TEXT),
    **dict.fromkeys(("number", "price"), NUMBER),
    "checkbox": CHECKBOX,
    "list": LIST,
    "relation": RELATION,
    "date": DATE,
    "timestamp": [*DATE, *MOMENT],
}


@pytest.mark.parametrize("kind, case", [(kind, case) for kind, table in TABLES.items() for case in table])
def test_a_comparison(kind: str, case: tuple[str, str, Any, bool]) -> None:
    op, operand, data, expected = case
    assert holds(comparison(f"a_{kind}", op, operand), data) is expected


def test_the_tables_above_have_every_kind_with_every_comparison_that_fits() -> None:
    found = {kind: {f"COMPARISON_{op}" for op, *_ in table} for kind, table in TABLES.items()}
    assert found == {kind: {op.value for op in ops} for kind, ops in FITTING.items()}


@pytest.mark.parametrize(
    "kind, op, operand, data, expected",
    [
        ("number", "EQUAL", "19.90", 19.9, True),
        ("text", "EQUAL", "7", "7.0", False),
        ("text", "EQUAL", "x", "X", True),
        ("number", "GREATER", "7", "10", True),
        ("checkbox", "EQUAL", "1", True, True),
        ("list", "CONTAINS", "red", ["Red"], True),
        ("text", "CONTAINS", "ed", "Red", True),
        ("text", "CONTAINS", "5", 157, True),
        ("date", "ON", "2026-10-02", 1790942400, True),
    ],
)
def test_without_the_kind_of_the_field_the_value_says_what_is_compared(
    kind: str, op: str, operand: str, data: Any, expected: bool
) -> None:
    assert holds(comparison(f"a_{kind}", op, operand), data, resolved=False) is expected


@pytest.mark.parametrize(
    "op, offset, unit, data, expected",
    [
        ("ON", 0, "DAYS", "2026-10-02", True),
        ("ON", 1, "DAYS", "2026-10-03", True),
        ("ON", -1, "DAYS", "2026-10-01T23:59:59Z", True),
        ("ON", 2, "WEEKS", "2026-10-16", True),
        ("ON", -2, "WEEKS", "2026-09-18", True),
        ("ON", 3, "MONTHS", "2027-01-02", True),
        ("ON", -10, "MONTHS", "2025-12-02", True),
        ("BEFORE", 0, "DAYS", "2026-10-02T11:00:00Z", False),
        ("BEFORE", 0, "DAYS", "2026-10-01", True),
        ("AFTER", 1, "WEEKS", "2026-10-09", False),
        ("AFTER", 1, "WEEKS", "2026-10-10", True),
        ("AFTER", 1, "WEEKS", NOTHING, False),
        ("AFTER", -10_000, "MONTHS", "2026-10-10", True),
        ("AFTER", 10_000, "MONTHS", "2026-10-10", False),
    ],
)
@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_a_relative_date(kind: str, op: str, offset: int, unit: str, data: Any, expected: bool) -> None:
    assert holds(relative(f"a_{kind}", op, offset, unit), data) is expected


@pytest.mark.parametrize(
    "now, offset, unit, day",
    [
        ("2026-01-31T00:00:00", 1, Unit.MONTHS, "2026-02-28"),
        ("2028-01-31T23:59:59", 1, Unit.MONTHS, "2028-02-29"),
        ("2026-03-31T12:00:00", -1, Unit.MONTHS, "2026-02-28"),
        ("2026-12-31T12:00:00", 2, Unit.MONTHS, "2027-02-28"),
        ("2026-10-31T12:00:00", 1, Unit.MONTHS, "2026-11-30"),
        ("2028-02-29T12:00:00", 12, Unit.MONTHS, "2029-02-28"),
        ("2026-03-28T23:30:00", 1, Unit.DAYS, "2026-03-29"),
        ("9999-12-31T12:00:00", 1, Unit.DAYS, "9999-12-31"),
        ("9999-12-31T12:00:00", 1, Unit.MONTHS, "9999-12-31"),
        ("1970-01-01T00:00:00", -10_000 * 3, Unit.MONTHS, "0001-01-01"),
    ],
)
def test_counts_calendar_months_and_stops_at_their_ends(now: str, offset: int, unit: Unit, day: str) -> None:
    seconds = int(datetime.fromisoformat(f"{now}+00:00").timestamp())
    assert RelativeDate(offset, unit).day(seconds * 1_000_000).isoformat() == day


def test_the_contract_has_the_same_names() -> None:
    names = {each.value for each in Op} | {"COMPARISON_UNSPECIFIED"}
    assert names == set(global_rule_pb2.Comparison.keys())
    assert {each.value for each in Unit} | {"DATE_UNIT_UNSPECIFIED"} == set(global_rule_pb2.DateUnit.keys())
    kinds = {name.removeprefix("FIELD_KIND_").lower() for name in object_type_pb2.FieldKind.keys()}  # noqa: SIM118 - an enum wrapper is no dict
    assert kinds - {"unspecified"} == set(FITTING) == set(KINDS)
    assert set(form_pb2.FormKind.keys()) == {"FORM_KIND_UNSPECIFIED", "FORM_KIND_FORM", "FORM_KIND_ORDER_FORM"}


@pytest.mark.parametrize("tags, has", [((), False), (("4",), True), (("14", "44"), False), (("5", "4"), True)])
def test_a_tag(tags: tuple[str, ...], has: bool) -> None:
    assert fired(rule(any_of=[[tag(4)]]), event(tags=tags)) is has
    assert fired(rule(any_of=[[tag(4, absent=True)]]), event(tags=tags)) is not has


@given(
    groups=st.lists(st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=4), max_size=4),
    tags=st.sets(st.integers(1, 4)),
)
@settings(max_examples=100, deadline=None)
def test_one_group_must_hold_with_all_its_conditions(groups: list[list[tuple[int, bool]]], tags: set[int]) -> None:
    definition = rule(any_of=[[tag(number, absent) for number, absent in group] for group in groups])
    expected = not groups or any(all((number in tags) is not absent for number, absent in group) for group in groups)
    assert fired(definition, event(tags=[str(number) for number in tags])) is expected


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates().map(str)
KEYS = st.text(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=5)
OPERANDS = {
    "text": "a", "number": "-1.5", "checkbox": "1", "date": "2026-10-02", "timestamp": "2026-10-02T08:00:00Z",
    "list": "a", "relation": "8",
}  # fmt: skip


@given(value=VALUES, kind=st.sampled_from(sorted(OPERANDS)), data=st.data(), resolved=st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_value_is_decided_and_a_denial_is_the_opposite(
    value: Any, kind: str, data: st.DataObject, resolved: bool
) -> None:
    op = data.draw(st.sampled_from(FITTING[kind]), label="op")
    operand = "2026-10-02" if op is Op.ON else OPERANDS[kind]
    name = op.value.removeprefix("COMPARISON_")
    found = holds(comparison(f"a_{kind}", name, operand), value, resolved)
    denied = {"EQUAL": "NOT_EQUAL", "CONTAINS": "NOT_CONTAINS"}.get(name)
    if denied:
        assert holds(comparison(f"a_{kind}", denied, operand), value, resolved) is not found


@given(left=st.decimals(-1000, 1000, places=2), right=st.decimals(-1000, 1000, places=2), written=st.booleans())
@settings(max_examples=100, deadline=None)
def test_numbers_are_ordered_as_numbers(left: Any, right: Any, written: bool) -> None:
    value = f"{left:f}" if written else float(left)
    expected = {
        "EQUAL": left == right, "NOT_EQUAL": left != right, "GREATER": left > right, "LESS": left < right,
        "GREATER_OR_EQUAL": left >= right, "LESS_OR_EQUAL": left <= right,
    }  # fmt: skip
    assert {op: holds(comparison("a_price", op, f"{right:f}"), value) for op in expected} == expected


LETTERS = st.text(alphabet="aAbBßéÉ 1", max_size=6)


@given(value=LETTERS, operand=LETTERS.filter(bool))
@settings(max_examples=200, deadline=None)
def test_text_is_compared_as_if_it_were_of_one_case(value: str, operand: str) -> None:
    left, right = value.casefold(), operand.casefold()
    expected = {
        "EQUAL": left == right, "NOT_EQUAL": left != right,
        "CONTAINS": right in left, "NOT_CONTAINS": right not in left,
        "STARTS_WITH": left[: len(right)] == right, "ENDS_WITH": left[-len(right) :] == right,
    }  # fmt: skip
    assert {op: holds(comparison("a_text", op, operand), value) for op in expected} == expected


@given(value=st.dates(), operand=st.dates())
@settings(max_examples=100, deadline=None)
def test_days_are_ordered_as_days(value: Any, operand: Any) -> None:
    expected = {"ON": value == operand, "BEFORE": value < operand, "AFTER": value > operand}
    assert {op: holds(comparison("a_date", op, str(operand)), str(value)) for op in expected} == expected


@pytest.mark.parametrize(
    "any_of, said",
    [
        ([[tag(4), tag(5)]], "conditions do not hold: tag 5 (any_of[0].all_of[1])"),
        (
            [[tag(5)], [tag(4, absent=True)]],
            "conditions do not hold: tag 5 (any_of[0].all_of[0]), no tag 4 (any_of[1].all_of[0])",
        ),
        ([[comparison("a_text", "EQUAL", "x")]], "conditions do not hold: a_text Equal To (any_of[0].all_of[0])"),
        ([[tag(number)] for number in range(10, 30)], "and 17 more"),
    ],
)
def test_says_which_conditions_do_not_hold_and_no_value(any_of: Any, said: str) -> None:
    decision = decide(rule(any_of=any_of), event(data={"a_text": "secret"}, tags=("4",)))
    assert said in decision.why_not
    assert "secret" not in decision.why_not
    assert len(decision.why_not) < 300


def test_the_data_are_not_changed() -> None:
    data = {"a_text": "x", "a_list": ["a"]}
    group = [comparison("a_text", "EQUAL", "x"), comparison("a_list", "CONTAINS", "a")]
    compiled = SOURCE.compile(rule(any_of=[group]))
    first = ask(compiled, event(data=data, now=NOON))
    assert first == ask(compiled, event(data=data, now=NOON))
    assert data == {"a_text": "x", "a_list": ["a"]}
