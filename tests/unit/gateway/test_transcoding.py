"""JSON to messages and back, without any service: both ways to an event, and templates of paths."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from hookline.dispatcher.v1 import event_service_pb2
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import object_type_pb2, subscription_pb2
from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.json_api.amounts import too_many
from hookline_gateway.json_api.beside import beside
from hookline_gateway.json_api.fields import kind_of
from hookline_gateway.json_api.json_in import message_of
from hookline_gateway.json_api.json_out import json_of
from hookline_gateway.json_api.operations import operations
from hookline_gateway.json_api.quick import quick_event
from hookline_gateway.json_api.routing import Router
from hookline_gateway.json_api.templates import parse_template
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.validation import check

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ANYTHING: st.SearchStrategy[Any] = (
    st.text(max_size=5) | st.integers() | st.none() | st.lists(st.integers(), max_size=2) | st.just({})
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "id": TEXT | ANYTHING,
        "type": TEXT,
        "account_id": st.integers(-(1 << 70), 1 << 70) | ANYTHING,
        "object_type_id": st.integers(-10, 1 << 33) | ANYTHING,
        "objectId": TEXT,
        "params": st.dictionaries(TEXT, TEXT, max_size=3) | ANYTHING,
        "data": st.dictionaries(st.text(max_size=5), VALUES, max_size=3) | ANYTHING,
        "tags": st.lists(TEXT, max_size=3) | ANYTHING,
        "occurred_time": st.just("2026-03-01T09:30:00Z"),
    },
)


@given(EVENTS)
def test_the_short_way_to_an_event_comes_to_the_same_as_the_long_one(value: dict[str, Any]) -> None:
    quick = quick_event(value)
    if quick is not None:
        assert quick == message_of(value, event_pb2.Event)


@given(EVENTS)
def test_whatever_does_not_fit_is_refused_with_a_field(value: dict[str, Any]) -> None:
    refused: list[Violation] = []
    try:
        message_of(value, event_pb2.Event)
    except InvalidArgument as error:
        refused += error.violations
    assert all(each.field for each in refused)


# Half of a surrogate pair, as a name, a member of an enum, and in the place of a message.
HALF = "\ud800"


@pytest.mark.parametrize(
    "value, kind, field",
    [
        ({HALF: 1}, event_pb2.Event, "?"),
        ({"id": HALF}, event_pb2.Event, "id"),
        ({"params": {HALF: "1"}}, event_pb2.Event, 'params["?"]'),
        ({"occurred_time": HALF}, event_pb2.Event, "occurred_time"),
        ({"subscription": HALF}, subscription_pb2.CreateSubscriptionRequest, "subscription"),
        ({"subscription": {"format": HALF}}, subscription_pb2.CreateSubscriptionRequest, "subscription.format"),
        ({"subscription": {HALF: {}}}, subscription_pb2.CreateSubscriptionRequest, "subscription.?"),
        ({"update_mask": HALF}, subscription_pb2.UpdateSubscriptionRequest, "update_mask"),
    ],
)
def test_half_of_a_surrogate_pair_is_a_fault_of_its_field_wherever_it_stands(
    value: dict[str, Any], kind: type[Message], field: str
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        message_of(value, kind)
    assert [each.field for each in refused.value.violations] == [field]


@pytest.mark.parametrize(
    "value, kind",
    [
        ({"events": [{}] * 1001}, event_service_pb2.PublishBatchRequest),
        ({"objectType": {"name": "x", "fields": [{}] * 1001}}, object_type_pb2.CreateObjectTypeRequest),
        ({"event": {"type": "x", "object_id": "1", "params": dict.fromkeys(map(str, range(33)), "1")}},
         event_service_pb2.PublishRequest),
        ({"event": {"type": "x", "object_id": "1", "changedFields": ["a"] * 1001}}, event_service_pb2.PublishRequest),
    ],
)  # fmt: skip
def test_too_many_values_are_refused_unread_in_the_words_of_the_services(
    value: dict[str, Any], kind: type[Message]
) -> None:
    found = too_many(value, kind_of(kind))
    assert found is not None
    told = check(json_format.ParseDict(value, kind()))
    assert found in told
    with pytest.raises(InvalidArgument) as refused:
        message_of(value, kind)
    assert refused.value.violations == (found,)


@pytest.mark.parametrize(
    "value", [{"events": [{"tags": ["a"] * 1001}] * 3}, {"events": 7}, {"x": [1]}, {"events": ["a"]}, {"events": [[]]}]
)
def test_no_more_than_may_be_and_what_is_wrong_with_one_of_many_is_left_to_others(value: dict[str, Any]) -> None:
    assert too_many(value, kind_of(event_service_pb2.PublishBatchRequest)) is None


@pytest.mark.parametrize("size, elsewhere", [(10, False), (1 << 20, True)])
async def test_what_is_large_is_made_beside_the_event_loop(size: int, elsewhere: bool) -> None:
    assert (await beside(size, threading.get_ident) != threading.get_ident()) is elsewhere


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_data_come_back_as_they_were(data: dict[str, Any]) -> None:
    event = message_of({"data": data}, event_pb2.Event)
    assert message_of(json.loads(json_of(event)), event_pb2.Event) == event
    assert json.loads(json_of(event))["data"] == data


@pytest.mark.parametrize(
    "verb, path, template",
    [
        ("GET", "/v1/deliveries/5", "/v1/deliveries/{id}"),
        ("POST", "/v1/deliveries/5:redeliver", "/v1/deliveries/{id}:redeliver"),
        ("GET", "/v1/deliveries:watch", "/v1/deliveries:watch"),
        ("GET", "/v1/events/a:b", "/v1/events/{event_id}"),
        ("GET", "/v1/events/a%3Aexplain", "/v1/events/{event_id}"),
        ("GET", "/v1/targets/1/2", "/v1/targets/{target.kind}/{target.id}"),
        ("POST", "/v1/targets/1/2:pause", "/v1/targets/{target.kind}/{target.id}:pause"),
    ],
)
def test_a_path_finds_its_operation(verb: str, path: str, template: str) -> None:
    assert Router(operations()).find(verb, path).operation.template.text == template


@pytest.mark.parametrize("text", ["/v1/{id=*}", "/v1/{}", "/v1/{A}"])
def test_a_template_that_is_not_read_here_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no variable"):
        parse_template(text)
