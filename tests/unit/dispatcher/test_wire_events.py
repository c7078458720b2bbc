from __future__ import annotations

from collections.abc import Callable

import pytest
from hookline.dispatcher.v1 import delivery_pb2
from hookline.event.v1 import event_pb2

from hookline_dispatcher.api.wire_events import publication, published_event
from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.model import StoredDelivery, StoredEvent
from hookline_runtime.access import KeyKind, Principal, Scope
from hookline_runtime.errors import InvalidArgument, PermissionDenied
from tests.unit.dispatcher.configs import ACCOUNT, key

NOW = 1_700_000_000_000_000
ODD_NUMBERS = ("04", "00", " 4", "4 ", "+4", "-4", "4.0", "4e0", "0x4", "٤", "x", "4,5")
CALLER = Principal(KeyKind.ACCOUNT, ACCOUNT, frozenset({Scope.PUBLISH}), "app")
OPERATOR = Principal(KeyKind.OPERATOR, 0, frozenset({Scope.PUBLISH}), "op")


def message(**changes: object) -> event_pb2.Event:
    fields: dict[str, object] = {
        "id": "e1",
        "type": "sub_tag",
        "params": {"tag_id": "4"},
        "object_id": "8",
        "data": b'{"a":1}',
    }
    return event_pb2.Event(**(fields | changes))  # type: ignore[arg-type]  # fields by name, as the case has them


def violations(changed: event_pb2.Event, principal: Principal = CALLER) -> dict[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        publication(changed, "events[3]", principal, NOW)
    return {each.field: each.reason for each in caught.value.violations}


def at(seconds: int, nanos: int = 0) -> event_pb2.Event:
    changed = message()
    changed.occurred_time.seconds, changed.occurred_time.nanos = seconds, nanos
    return changed


def test_every_field_is_taken_over() -> None:
    sent = message(
        object_type_id=149,
        object_version=3,
        changed_fields=["a", "b"],
        tags=["1"],
        ordering_key="k",
    )
    sent.occurred_time.FromMicroseconds(NOW - 5)
    assert publication(sent, "event", CALLER, NOW).event == Event(
        ACCOUNT, "e1", "sub_tag", 149, "8", b'{"a":1}', {"tag_id": "4"}, 3, ("a", "b"), ("1",), NOW - 5, "k"
    )


def test_what_is_left_out_is_filled_in() -> None:
    event = publication(message(id="", data=b""), "event", CALLER, NOW).event
    other = publication(message(id="", data=b""), "event", CALLER, NOW).event
    assert event.data == b"{}"
    assert event.occurred_time == NOW
    assert event.id
    assert event.id != other.id


@pytest.mark.parametrize(
    "changes, field, words",
    [
        ({"type": "sub_tagg"}, "type", "did you mean sub_tag?"),
        ({"type": "Sub_Tag"}, "type", "did you mean sub_tag?"),
        ({"type": "sub_tag(4)"}, "type", "did you mean sub_tag?"),
        ({"type": "xyzzy"}, "type", "known are object_create"),
        ({"type": "target_disabled"}, "type", "by the system only"),
        ({"type": ""}, "type", ""),
        ({"params": {}}, 'params["tag_id"]', "required by sub_tag"),
        ({"params": {"tag_id": ""}}, 'params["tag_id"]', "required by sub_tag"),
        ({"type": "unsub_tag", "params": {"form_id": "4"}}, 'params["tag_id"]', "required by unsub_tag"),
        *(({"params": {"tag_id": text}}, 'params["tag_id"]', "leading zero") for text in ODD_NUMBERS),
        (
            {"type": "object_submits_form", "params": {"form_id": "4", "outcome": "01"}},
            'params["outcome"]',
            "leading zero",
        ),
        ({"type": "object_submits_form"}, 'params["form_id"]', "required"),
        ({"type": "purchase_product"}, 'params["product_id"]', "required"),
        ({"type": "transaction_created_with_product"}, 'params["product_id"]', "required"),
        ({"data": b"[]"}, "data", "JSON object"),
        ({"data": b'{"a":NaN}'}, "data", "must be JSON"),
        ({"data": b'{"a":"' + b"x" * 262_144 + b'"}'}, "data", "262144"),
        ({"object_id": ""}, "object_id", ""),
        ({"id": "a b"}, "id", "visible ASCII"),
        ({"id": "x" * 129}, "id", "128"),
        ({"object_type_id": -1}, "object_type_id", ""),
        ({"params": {"tag_id": "x" * 1025}}, 'params["tag_id"]', ""),
    ],
)
def test_what_is_wrong_is_named_by_its_path(changes: dict[str, object], field: str, words: str) -> None:
    found = violations(message(**changes))
    assert words in found[f"events[3].{field}"]


@pytest.mark.parametrize(
    "type_, params",
    [
        ("sub_tag", {"tag_id": "0"}),
        ("sub_tag", {"tag_id": str(2**63), "note": "007"}),
        ("object_submits_form", {"form_id": "4", "outcome": ""}),
        ("contact_visits_url", {"url": "007"}),
    ],
)
def test_numbers_have_one_spelling_and_other_params_any(type_: str, params: dict[str, str]) -> None:
    assert publication(message(type=type_, params=params), "event", CALLER, NOW).event.params == params


@pytest.mark.parametrize("type_", ["object_create"])
def test_object_create_needs_no_param(type_: str) -> None:
    assert publication(message(type=type_, params={}), "event", CALLER, NOW).event.type == type_


@pytest.mark.parametrize("stamp", [at(-1), at(253_402_300_800), at(0, -1), at(0, 1_000_000_000)])
def test_an_occurred_time_out_of_this_world_is_refused(stamp: event_pb2.Event) -> None:
    assert "1970 to 9999" in violations(stamp)["events[3].occurred_time"]


@pytest.mark.parametrize("seconds", [0, 253_402_300_799])
def test_the_first_and_the_last_second_are_taken(seconds: int) -> None:
    assert publication(at(seconds), "event", CALLER, NOW).event.occurred_time == seconds * 1_000_000


def test_every_violation_is_told_at_once() -> None:
    assert set(violations(message(object_id="", params={}, data=b"["))) == {
        "events[3].object_id",
        'events[3].params["tag_id"]',
        "events[3].data",
    }


@pytest.mark.parametrize("principal, requested, account_id", [
    (CALLER, 0, ACCOUNT),
    (CALLER, ACCOUNT, ACCOUNT),
    (OPERATOR, 9, 9),
])  # fmt: skip
def test_the_account_is_the_key_s_or_the_one_an_operator_names(
    principal: Principal, requested: int, account_id: int
) -> None:
    assert publication(message(account_id=requested), "event", principal, NOW).event.account_id == account_id


def test_another_account_is_denied() -> None:
    with pytest.raises(PermissionDenied, match=r"events\[3\].account_id"):
        publication(message(account_id=9), "events[3]", CALLER, NOW)


def test_an_operator_has_to_name_the_account() -> None:
    assert "operator key" in violations(message(), OPERATOR)["events[3].account_id"]


def digest(changed: event_pb2.Event, principal: Principal = CALLER, now: int = NOW) -> bytes:
    return publication(changed, "event", principal, now).digest


def with_time() -> event_pb2.Event:
    changed = message()
    changed.occurred_time.FromMicroseconds(NOW)
    return changed


@pytest.mark.parametrize("make", [
    lambda: message(data=b'{"a":2}'),
    lambda: message(type="unsub_tag"),
    lambda: message(params={"tag_id": "5"}),
    lambda: message(object_id="9"),
    lambda: message(object_type_id=1),
    lambda: message(object_version=1),
    lambda: message(changed_fields=["a"]),
    lambda: message(tags=["a"]),
    lambda: message(ordering_key="k"),
    with_time,
])  # fmt: skip
def test_the_digest_tells_other_content_apart(make: Callable[[], event_pb2.Event]) -> None:
    assert digest(make()) != digest(message())


def test_the_digest_leaves_out_what_the_server_fills_in_and_the_account() -> None:
    assert digest(message(), now=NOW + 1) == digest(message()) == digest(message(account_id=ACCOUNT))
    assert digest(message(params={"tag_id": "4", "b": "1", "a": "2"})) == digest(
        message(params={"a": "2", "b": "1", "tag_id": "4"})
    )
    assert len(digest(message())) == 16


def test_the_size_counts_many_short_strings_as_what_they_take_up() -> None:
    small = publication(message(), "event", CALLER, NOW).size
    large = publication(message(tags=["ab"] * 1000), "event", CALLER, NOW).size
    assert large - small > 50_000
    assert publication(message(data=b'{"a":"%s"}' % (b"x" * 9000)), "event", CALLER, NOW).size > 9000


def stored() -> StoredEvent:
    event = publication(message(object_version=3, tags=["1"]), "event", CALLER, NOW).event
    return StoredEvent(1, event, NOW + 1, "why not")


def test_an_event_is_shown_as_it_was_published() -> None:
    shown = published_event(stored(), ())
    expected = message(object_version=3, tags=["1"], account_id=ACCOUNT)
    expected.occurred_time.FromMicroseconds(NOW)
    assert shown.event == expected
    assert shown.publish_time.ToMicroseconds() == NOW + 1
    assert shown.unmatched_reason == "why not"


def test_what_an_event_fired_is_shown() -> None:
    delivery = StoredDelivery(
        5, 5, key(3), State.DEAD, "", "e1", "sub_tag", 0, "8", 1, 500, NOW, 0, NOW, 0, event_seq=1, config_revision=1
    )
    shown = published_event(stored(), [delivery])
    (fired,) = shown.fired
    assert (fired.delivery_id, fired.target.id) == (5, 3)
    assert fired.target.kind == delivery_pb2.TARGET_KIND_SUBSCRIPTION
    assert fired.state == delivery_pb2.DELIVERY_STATE_DEAD
    assert shown.unmatched_reason == ""
