from __future__ import annotations

from typing import cast

import pytest
from google.protobuf.message import Message
from hookline.dispatcher.v1 import delivery_pb2, event_service_pb2, target_service_pb2
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import account_pb2, subscription_pb2

from hookline_runtime.errors import InvalidArgument
from hookline_runtime.validation import LARGE, check, every, require

GOOD = event_pb2.Event(type="sub_tag", object_id="1")
UNDEFINED = cast("delivery_pb2.TargetKind.ValueType", 9)
EMPTY = event_pb2.Event(account_id=-1)


def event(**fields: object) -> event_pb2.Event:
    changed = event_pb2.Event(**fields)  # type: ignore[arg-type]  # a table of fields
    whole = event_pb2.Event()
    whole.CopyFrom(GOOD)
    whole.MergeFrom(changed)
    return whole


def subscribe(**fields: object) -> subscription_pb2.CreateSubscriptionRequest:
    subscription = subscription_pb2.Subscription(event="sub_tag", url="https://a.example", **fields)  # type: ignore[arg-type]  # a table of fields
    return subscription_pb2.CreateSubscriptionRequest(subscription=subscription)


PATHS: list[tuple[Message, set[str]]] = [
    (event_service_pb2.PublishRequest(event=GOOD), set()),
    (event_service_pb2.PublishRequest(), {"event"}),
    (event_service_pb2.PublishRequest(event=event(id="a b")), {"event.id"}),
    (event_service_pb2.PublishRequest(event=event(params={"x": "y" * 1025})), {'event.params["x"]'}),
    (event_service_pb2.PublishRequest(event=event(params={'a"b\n': "y" * 1025})), {'event.params["a\\"b\\n"]'}),
    (event_service_pb2.PublishRequest(event=event(params={"": "y"})), {'event.params[""]'}),
    (event_service_pb2.PublishRequest(event=event(tags=["1", ""])), {"event.tags[1]"}),
    (event_service_pb2.PublishBatchRequest(), {"events"}),
    (event_service_pb2.PublishBatchRequest(events=[event_pb2.Event()]), set()),
    (
        event_service_pb2.PublishRequest(event=event_pb2.Event(account_id=-1)),
        {"event.account_id", "event.type", "event.object_id"},
    ),
    (target_service_pb2.GetTargetRequest(target=delivery_pb2.TargetRef(kind=UNDEFINED)), {"target.kind", "target.id"}),
    (subscribe(headers=[{"name": "ok"}, {"name": "not ok"}]), {"subscription.headers[1].name"}),
    (subscribe(max_retries=181), {"subscription.max_retries"}),
    (subscribe(requests_per_minute=0), {"subscription.requests_per_minute"}),
    (account_pb2.UpdateAccountRequest(), {"account"}),
]


@pytest.mark.parametrize("message, paths", PATHS, ids=range(len(PATHS)))
def test_a_violation_names_the_path_of_its_field(message: Message, paths: set[str]) -> None:
    assert {violation.field for violation in check(message)} == paths


def test_an_unspecified_value_is_called_that() -> None:
    target = delivery_pb2.TargetRef(id=1)
    (violation,) = check(target_service_pb2.GetTargetRequest(target=target))
    assert (violation.field, violation.reason) == ("target.kind", "must not be unspecified")


def test_a_rule_of_a_key_says_so() -> None:
    (violation,) = check(event_service_pb2.PublishRequest(event=event(params={"": "y"})))
    assert violation.reason.startswith("key ")


def test_the_words_of_a_rule_are_told() -> None:
    (violation,) = check(event_service_pb2.PublishRequest(event=event(id="a b")))
    assert violation.reason == "must be at most 128 visible ASCII characters without blanks"


def test_require_raises_every_violation() -> None:
    with pytest.raises(InvalidArgument) as caught:
        require(event_service_pb2.PublishRequest(event=event_pb2.Event()))
    assert {violation.field for violation in caught.value.violations} == {"event.type", "event.object_id"}


def test_require_passes_what_follows_the_rules() -> None:
    require(event_service_pb2.PublishRequest(event=GOOD))


def test_of_a_large_message_the_first_flaw_is_told_alone() -> None:
    broken = event(id="a b", tags=["", ""])
    assert [each.field for each in check(broken)] == ["id", "tags[0]", "tags[1]"]
    broken.data = bytes(LARGE)
    assert [each.field for each in check(broken)] == ["id"]
    assert [each.field for each in every(broken)] == ["id", "tags[0]", "tags[1]"]
    broken.id, broken.tags[:] = "a", ["x"]
    assert check(broken) == ()
