"""The original's grammar: what is read, what is written, and where it is wrong."""

import pickle
from typing import Any

import pytest
from google.protobuf import json_format
from hookline.registry.v1 import global_rule_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.triggers.comparison import FITTING
from hookline_builtin.triggers.rule_events import RULE_EVENTS, ParamKind
from hookline_plugin import TextError, Written

from .rules import SOURCE, WORLD, comparison, on_map, relative, rule, tag, trigger

EVENTS, ACTIONS = "Contact_added_to_category(4)", "Ping_APIURL(7)"


def read(events: str = EVENTS, conditions: str = "", actions: str = ACTIONS) -> Any:
    return SOURCE.read_text({"events": events, "conditions": conditions, "actions": actions})


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Contact_added_to_my_database()", [{"event": "object_create"}]),
        ("Contact_added_to_my_database", [{"event": "object_create"}]),
        ("call_is_logged", [{"event": "call_is_logged"}]),
        ("field_is_updated(email)", [trigger("field_is_updated", field="email")]),
        ("Contact_added_to_category(4)", [trigger("sub_tag", tag_id="4")]),
        ("Contact_removed_from_category(4)", [trigger("unsub_tag", tag_id="4")]),
        ("object_submits_form(3,1)", [trigger("object_submits_form", form_id="3", outcome="1")]),
        ("object_submits_form(3)", [trigger("object_submits_form", form_id="3")]),
        ("Contact_purchases_product(16)", [trigger("purchase_product", product_id="16")]),
        ("Contact_clicks_emailanchor(1,2)", [trigger("Contact_clicks_emailanchor", email_id="1", link_num="2")]),
        (
            " call_is_logged ;\n Contact_added_to_category(4)\t",
            [{"event": "call_is_logged"}, trigger("sub_tag", tag_id="4")],
        ),
        (r"contact_visits_url(https://example.com/\(a\)\,\;\|\\)", [trigger("contact_visits_url", url="https://example.com/(a),;|\\")]),
        ("", []),
    ],
)  # fmt: skip
def test_reads_events(text: str, expected: Any) -> None:
    assert read(events=text)["triggers"] == expected


FIELD = "field_is_condition_fieldvalue"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        (" \n", []),
        ("Is_in_category(4)", [[tag(4)]]),
        ("Is_not_in_category(4)", [[tag(4, absent=True)]]),
        ("Is_subscribed_to_drip(3)", [[on_map(3)]]),
        ("Is_not_subscribed_to_drip(3)|Is_in_category(4)", [[on_map(3, absent=True)], [tag(4)]]),
        ("Is_in_category(1);Is_in_category(2)|Is_in_category(3)", [[tag(1), tag(2)], [tag(3)]]),
        ("Is_in_category(1)|Is_in_category(2);Is_in_category(3)", [[tag(1)], [tag(2), tag(3)]]),
        (f"{FIELD}(a_text,Equal To,Mary)", [[comparison("a_text", "EQUAL", "Mary")]]),
        (f"{FIELD}(a_text,equal to,)", [[comparison("a_text", "EQUAL", "")]]),
        (f"{FIELD}(a_text,Not Equal To, x )", [[comparison("a_text", "NOT_EQUAL", " x ")]]),
        (f"{FIELD}(a_number,Greater Than,5)", [[comparison("a_number", "GREATER", "5")]]),
        (f"{FIELD}(a_number,Less Than,5)", [[comparison("a_number", "LESS", "5")]]),
        (f"{FIELD}(a_number,Greater Than or Equal To,5)", [[comparison("a_number", "GREATER_OR_EQUAL", "5")]]),
        (f"{FIELD}(a_number,Less Than or Equal To,5)", [[comparison("a_number", "LESS_OR_EQUAL", "5")]]),
        (f"{FIELD}(a_text,Contains,today)", [[comparison("a_text", "CONTAINS", "today")]]),
        (f"{FIELD}(a_text,Does Not Contain,x)", [[comparison("a_text", "NOT_CONTAINS", "x")]]),
        (f"{FIELD}(a_text,Starts With,x)", [[comparison("a_text", "STARTS_WITH", "x")]]),
        (f"{FIELD}(a_text,Ends With,x)", [[comparison("a_text", "ENDS_WITH", "x")]]),
        (f"{FIELD}(a_date,1,2026-10-02)", [[comparison("a_date", "ON", "2026-10-02")]]),
        (f"{FIELD}(a_date,2,today)", [[comparison("a_date", "BEFORE", relative={})]]),
        (f"{FIELD}(a_date,3,today+1 day)", [[relative("a_date", "AFTER", 1)]]),
        (f"{FIELD}(a_date,After,today-2 weeks)", [[relative("a_date", "AFTER", -2, "WEEKS")]]),
        (f"{FIELD}(a_date,3,today+3 months)", [[relative("a_date", "AFTER", 3, "MONTHS")]]),
    ],
)
def test_reads_conditions(text: str, expected: Any) -> None:
    assert read(conditions=text)["any_of"] == [{"all_of": group} for group in expected]


def test_reads_actions() -> None:
    assert read(actions="Ping_APIURL(7); Ping_APIURL(8)")["actions"] == [{"webhook_id": "7"}, {"webhook_id": "8"}]


@pytest.mark.parametrize(
    "part, text, position, reason",
    [
        ("events", "sub_tag(4)", 1, "known are Contact_added_to_my_database"),
        ("events", "Contact_added_to_categry(4)", 1, "did you mean Contact_added_to_category?"),
        ("events", "call_is_logged;on_date_field()", 16, "takes 1 value"),
        ("events", "relative_date_field(3,1,birthday)", 1, "takes 4 values in brackets, not 3"),
        ("events", "Contact_added_to_category()", 1, "takes 1 value in brackets, not 0"),
        ("events", "Contact_added_to_category(4,5)", 1, "takes 1 value in brackets, not 2"),
        ("events", "object_submits_form(1,2,3)", 1, "takes 1 to 2 values in brackets, not 3"),
        ("events", "call_is_logged(4)", 1, "takes none in brackets, not 1"),
        ("events", "call_is_logged;", 16, "expected a name"),
        ("events", ";call_is_logged", 1, "expected a name"),
        ("events", "call_is_logged;;call_is_logged", 16, "expected a name"),
        ("events", "call_is_logged|call_is_logged", 15, "expected ';' or the end"),
        ("events", "call_is_logged call_is_logged", 16, "expected ';' or the end"),
        ("events", "field_is_updated(email", 17, "the bracket is not closed"),
        ("events", "field_is_updated(e(m)", 19, "'(' within brackets needs a backslash"),
        ("events", "field_is_updated(e;m)", 19, "';' within brackets needs a backslash"),
        ("events", r"field_is_updated(e\mail)", 19, "a backslash stands before one of"),
        ("events", "field_is_updated(email\\", 23, "a backslash stands before one of"),
        ("events", "field_is_updated(email))", 24, "expected ';' or the end"),
        ("events", "9lives()", 1, "expected a name"),
        ("conditions", "Is_in_category(1);Is_in_categry(2)", 19, "did you mean Is_in_category?"),
        ("conditions", "Is_in_category(x)", 1, "needs the id of a tag"),
        ("conditions", "Is_in_category(2147483648)", 1, "needs the id of a tag"),
        ("conditions", f"{FIELD}(a,Equal To)", 1, "takes 3 values in brackets, not 2"),
        ("conditions", f"{FIELD}(a,Is Like,x)", 1, "unknown comparison 'Is Like'; known are Equal To"),
        ("conditions", "Has_opened_email_condition_n_times(1,Greater Than,2)", 1, "is not supported"),
        ("conditions", "Has_spent_condition_N_on_product(Greater Than,2,3)", 1, "is not supported"),
        ("conditions", "Has_purchased_condition_n_product(Greater Than,2,3)", 1, "is not supported"),
        ("conditions", "Is_in_category(1)|", 19, "expected a name"),
        ("actions", "Send_email(7)", 1, "known is Ping_APIURL"),
        ("actions", "Ping_APIURL(x)", 1, "needs the id of a webhook"),
        ("actions", "Ping_APIURL(0)", 1, "needs the id of a webhook"),
        ("actions", "Ping_APIURL(9223372036854775808)", 1, "needs the id of a webhook"),
        ("actions", "Ping_APIURL()", 1, "takes 1 value"),
        ("actions", "Ping_APIURL(1);Ping_APIURL(http://example.com/?a=b::c=[Email]::0)", 16, "make a webhook of"),
        ("actions", "Ping_APIURL(http://example.com/::a::2)", 1, "with a flag of 0 or 1"),
    ],
)  # fmt: skip
def test_says_where_a_text_is_wrong(part: str, text: str, position: int, reason: str) -> None:
    with pytest.raises(TextError) as caught:
        read(**{part: text})
    error = caught.value
    assert (error.part, error.position) == (part, position)
    assert reason in error.reason
    assert len(error.reason) < 1200
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_too_many_items_are_refused_early() -> None:
    with pytest.raises(TextError, match="more than 1000 items"):
        read(events=";".join(["call_is_logged"] * 100_000))


@pytest.mark.parametrize("text", ["(" * 60_000, "a(" * 30_000, "Ping_APIURL(" * 5_000, "\\" * 60_000, "a;" * 30_000])
def test_hostile_texts_are_refused(text: str) -> None:
    for part in ("events", "conditions", "actions"):
        with pytest.raises(TextError):
            read(**{part: text})


@pytest.mark.parametrize(
    "definition", [{}, rule(trigger("xyzzy")), rule(any_of=[[{"campaign": {"campaign_id": "0"}}]])]
)
def test_what_is_no_rule_is_not_written(definition: Any) -> None:
    with pytest.raises(ValueError):
        SOURCE.write_text(definition)


@pytest.mark.parametrize(
    "events, conditions, canonical",
    [
        ("call_is_logged", "", ("call_is_logged()", "")),
        (" call_is_logged ; object_submits_form(4)", " ", ("call_is_logged();object_submits_form(4)", "")),
        (EVENTS, f"{FIELD}(a_date,before,today+0 days)", (EVENTS, f"{FIELD}(a_date,2,today)")),
        (EVENTS, f"{FIELD}(a_date,2,today-0 weeks)", (EVENTS, f"{FIELD}(a_date,2,today)")),
        (EVENTS, f"{FIELD}(a_date,1,today+1 days)", (EVENTS, f"{FIELD}(a_date,1,today+1 day)")),
        (EVENTS, "Is_in_category(5)| Is_in_category(4)", (EVENTS, "Is_in_category(5)|Is_in_category(4)")),
        (EVENTS, f"{FIELD}(a_text,CONTAINS,x)", (EVENTS, f"{FIELD}(a_text,Contains,x)")),
    ],
)  # fmt: skip
def test_writes_the_canonical_form(events: str, conditions: str, canonical: tuple[str, str]) -> None:
    written = SOURCE.write_text(read(events, conditions))
    assert (written["events"], written["conditions"], written["actions"]) == (*canonical, ACTIONS)


def test_the_source_says_that_it_has_texts() -> None:
    assert isinstance(SOURCE, Written)


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
NUMBERS = st.integers(0, 2**31 - 1).map(str)


@st.composite
def triggers(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(RULE_EVENTS))
    params = {}
    for param in kind.params:
        if param.required or draw(st.booleans()):
            number = st.integers(param.least, param.most).map(str)
            fields = st.sampled_from(["a_date", "a_timestamp"] if kind.timed else [f"a_{kind}" for kind in FITTING])
            values = {ParamKind.NUMBER: number, ParamKind.FIELD: fields, ParamKind.TEXT: PLAIN}
            params[param.name] = draw(values[param.kind])
    return {"event": kind.event, "params": params} if params else {"event": kind.event}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return tag(draw(st.integers(1, 2**31 - 1)), draw(st.booleans()))
    if draw(st.booleans()):
        return on_map(draw(st.sampled_from([3, 5])), draw(st.booleans()))
    kind = draw(st.sampled_from(sorted(FITTING)))
    op = draw(st.sampled_from(FITTING[kind])).value.removeprefix("COMPARISON_")
    if kind in ("date", "timestamp") and draw(st.booleans()):
        offset = draw(st.integers(-10_000, 10_000))
        unit = draw(st.sampled_from(["DAYS", "WEEKS", "MONTHS"]))
        return relative(f"a_{kind}", op, offset, unit) if offset else comparison(f"a_{kind}", op, relative={})
    values = {
        **dict.fromkeys(("number", "price"), st.integers(-(10**20), 10**20).map(str)),
        **dict.fromkeys(("date", "timestamp"), st.dates().map(str)),
        "checkbox": st.sampled_from(["0", "1"]),
    }
    return comparison(f"a_{kind}", op, draw(values.get(kind, PLAIN)))


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    groups = draw(st.lists(st.lists(conditions(), min_size=1, max_size=3), max_size=3))
    return {
        "triggers": draw(st.lists(triggers(), min_size=1, max_size=4, unique_by=repr)),
        "any_of": [{"all_of": group} for group in groups],
        "actions": [{"webhook_id": webhook_id} for webhook_id in draw(st.sampled_from([["7"], ["7", "8"], ["8"]]))],
    }


@given(definition=definitions())
@settings(max_examples=200, deadline=None)
def test_a_rule_written_and_read_is_the_same_rule(definition: dict[str, Any]) -> None:
    assert list(SOURCE.check(definition, WORLD)) == []
    written = SOURCE.write_text(definition)
    assert SOURCE.read_text(written) == definition
    assert SOURCE.write_text(SOURCE.read_text(written)) == written
    message = json_format.ParseDict(definition, global_rule_pb2.GlobalRule())
    again = json_format.MessageToDict(message, preserving_proto_field_name=True)
    assert SOURCE.write_text(again) == written


@given(events=st.text(alphabet="call_is_logged();,|\\ 4", max_size=40), conditions=st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused_with_a_position(events: str, conditions: str) -> None:
    for part, text in (("events", events), ("conditions", conditions)):
        refusal = refusal_of(part, text)
        assert refusal is None or (refusal.part == part and 1 <= refusal.position <= len(text) + 1)


def refusal_of(part: str, text: str) -> TextError | None:
    try:
        read(**{part: text})
    except TextError as error:
        return error
    return None
