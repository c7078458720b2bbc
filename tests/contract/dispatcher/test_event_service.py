"""EventService as its proto states it: publishing one and several, and looking at what was published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2, error_details_pb2
from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb
from hookline.event.v1 import event_pb2

from hookline_dispatcher.api import event_service
from hookline_dispatcher.ingest.room import Bounds
from tests.contract.dispatcher.event_rig import (
    APP,
    BOUND,
    FOREIGN,
    NOW,
    OPERATOR,
    OTHER,
    READER,
    Rig,
    acked,
    errors,
    event,
    running,
    shows,
)
from tests.unit.dispatcher.configs import ACCOUNT
from tests.unit.runtime.rig import failure

ATOMIC, PARTIAL = pb.BATCH_MODE_ATOMIC, pb.BATCH_MODE_PARTIAL
DEEP = b'{"a":' * 100 + b"1" + b"}" * 100


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as started:
        yield started


async def nothing_was_published(rig: Rig) -> bool:
    return not (await rig.list_events()).events and not rig.claims


async def test_publish_acks_with_what_it_caused(rig: Rig) -> None:
    ack = await rig.publish(event("e1"))
    assert ack == pb.PublishAck(event_id="e1", deliveries=2)
    assert [claim.target.id for claim in rig.claims] == [1, 2]


async def test_an_event_without_an_id_gets_one(rig: Rig) -> None:
    ack = await rig.publish(event())
    assert ack.event_id
    assert (await rig.get(ack.event_id)).event.id == ack.event_id


async def test_the_same_event_again_is_acked_and_does_nothing(rig: Rig) -> None:
    await rig.publish(event("e1"))
    again = await rig.publish(event("e1"))
    assert again == pb.PublishAck(event_id="e1", duplicate=True, deliveries=2)
    assert len(rig.claims) == 2
    ack = await rig.publish(event("e1", type="object_create"), FOREIGN)
    assert not ack.duplicate


async def test_other_content_under_an_id_already_exists(rig: Rig) -> None:
    await rig.publish(event("e1"))
    refused = await failure(rig.publish(event("e1", data=b'{"other":1}')))
    assert refused.code is grpc.StatusCode.ALREADY_EXISTS
    assert "e1" in refused.message
    assert refused.info.metadata["event_id"] == "e1"


@pytest.mark.parametrize(
    "changes, field, words",
    [
        ({"type": "sub_tagg"}, "event.type", "did you mean sub_tag?"),
        ({"type": "target_disabled"}, "event.type", "by the system only"),
        ({"type": ""}, "event.type", ""),
        ({"object_id": ""}, "event.object_id", ""),
        ({"params": {}}, 'event.params["tag_id"]', "required"),
        ({"data": b"[1]"}, "event.data", "must be a JSON object"),
        ({"data": b'{"a":NaN}'}, "event.data", "must be JSON"),
        ({"data": DEEP}, "event.data", "32 deep"),
        ({"data": b'{"a":"' + b"x" * 262_144 + b'"}'}, "event.data", "262144"),
        ({"id": "a b"}, "event.id", "visible ASCII"),
    ],
)
async def test_bad_input_is_named_by_its_path_and_changes_nothing(
    rig: Rig, changes: dict[str, Any], field: str, words: str
) -> None:
    refused = await failure(rig.publish(event(**({"id_": "e1"} | changes if "id" not in changes else changes))))
    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert words in refused.fields[field]
    assert await nothing_was_published(rig)


async def test_an_event_has_to_be_there(rig: Rig) -> None:
    refused = await failure(rig.stub.Publish(pb.PublishRequest(), metadata=APP))
    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "event" in refused.fields


@pytest.mark.parametrize("metadata, code", [
    ((), grpc.StatusCode.UNAUTHENTICATED),
    ((("api-appid", "app"), ("api-key", "wrong")), grpc.StatusCode.UNAUTHENTICATED),
    (shows("nobody"), grpc.StatusCode.UNAUTHENTICATED),
    (READER, grpc.StatusCode.PERMISSION_DENIED),
])  # fmt: skip
async def test_who_may_not_publish_does_not(rig: Rig, metadata: Any, code: grpc.StatusCode) -> None:
    assert (await failure(rig.publish(event("e1"), metadata))).code is code
    assert await nothing_was_published(rig)


async def test_the_account_of_an_event(rig: Rig) -> None:
    denied = await failure(rig.publish(event("e1", account_id=OTHER)))
    assert denied.code is grpc.StatusCode.PERMISSION_DENIED
    assert "event.account_id" in denied.message
    unnamed = await failure(rig.publish(event("e1"), OPERATOR))
    assert unnamed.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "event.account_id" in unnamed.fields
    await rig.publish(event("e1", account_id=ACCOUNT), OPERATOR)
    assert (await rig.get("e1")).event.account_id == ACCOUNT


async def test_a_revision_of_the_configuration_that_does_not_come_in_time(rig: Rig) -> None:
    await rig.publish(event("e1"), min_config_revision=5)
    late = await failure(rig.publish(event("e2"), min_config_revision=6))
    assert late.code is grpc.StatusCode.UNAVAILABLE
    assert late.detail(error_details_pb2.RetryInfo).retry_delay.ToMicroseconds() > 0
    batch = await failure(rig.publish_batch(event("e3"), min_config_revision=6))
    assert batch.code is grpc.StatusCode.UNAVAILABLE
    assert len((await rig.list_events()).events) == 1


@pytest.mark.parametrize("mode", [pb.BATCH_MODE_UNSPECIFIED, PARTIAL])
async def test_a_partial_batch_takes_the_good_ones(rig: Rig, mode: pb.BatchMode.ValueType) -> None:
    await rig.publish(event("taken"))
    results = await rig.publish_batch(
        event("a"), event("b", data=b"["), event("taken", object_id="9"), event("c"), event("a"),
        event("d", account_id=OTHER), mode=mode,
    )  # fmt: skip
    assert acked(results) == ["a", "", "", "c", "a", ""]
    assert results[4].ack.duplicate
    found = errors(results)
    assert {number: error.code for number, error in found.items()} == {
        1: code_pb2.INVALID_ARGUMENT,
        2: code_pb2.ALREADY_EXISTS,
        5: code_pb2.PERMISSION_DENIED,
    }
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in found[1].details)
    assert bad.field_violations[0].field == "events[1].data"
    assert "events[5].account_id" in found[5].message


@pytest.mark.parametrize("bad, code", [
    (event("b", data=b"["), code_pb2.INVALID_ARGUMENT),
    (event("taken", object_id="9"), code_pb2.ALREADY_EXISTS),
])  # fmt: skip
async def test_an_atomic_batch_takes_all_or_none(rig: Rig, bad: event_pb2.Event, code: int) -> None:
    await rig.publish(event("taken"))
    results = await rig.publish_batch(event("a"), bad, event("c"), mode=ATOMIC)
    assert [error.code for error in errors(results).values()] == [code_pb2.ABORTED, code, code_pb2.ABORTED]
    assert len((await rig.list_events()).events) == 1
    assert acked(await rig.publish_batch(event("a"), event("c"), mode=ATOMIC)) == ["a", "c"]


async def test_a_batch_in_which_nothing_is_good(rig: Rig) -> None:
    results = await rig.publish_batch(event("a", type="x"), event("b", type="y"))
    assert set(errors(results)) == {0, 1}


@pytest.mark.parametrize("number", [0, 1001])
async def test_a_batch_holds_1_to_1000_events(rig: Rig, number: int) -> None:
    refused = await failure(rig.publish_batch(*[event()] * number))
    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "events" in refused.fields


async def test_an_operator_publishes_for_any_account_in_one_batch(rig: Rig) -> None:
    results = await rig.publish_batch(
        event("a", account_id=ACCOUNT),
        event("a", account_id=OTHER, type="object_create"),
        event("b"),
        metadata=OPERATOR,
    )
    assert [result.ack.deliveries for result in results] == [2, 1, 0]
    assert "events[2].account_id" in errors(results)[2].message


async def test_an_operator_publishes_for_no_account_that_is_not_there(rig: Rig) -> None:
    refused = await failure(rig.publish(event("a", account_id=987_654), metadata=OPERATOR))
    assert refused.code is grpc.StatusCode.NOT_FOUND
    results = await rig.publish_batch(event("b", account_id=987_654), event("c", account_id=ACCOUNT), metadata=OPERATOR)
    assert errors(results)[0].code == grpc.StatusCode.NOT_FOUND.value[0]
    assert results[1].ack.event_id == "c"


async def test_overload_is_refused_with_a_delay(tmp_path: Path) -> None:
    async with running(tmp_path, Bounds(events=2)) as rig:
        rig.door.open.clear()
        first = asyncio.create_task(rig.publish_batch(event("a"), event("b")))
        async with asyncio.timeout(BOUND):
            while not rig.ingest.waiting:
                await asyncio.sleep(0.005)
        refused = await failure(rig.publish(event("c")))
        assert refused.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert refused.detail(error_details_pb2.RetryInfo).retry_delay.ToMicroseconds() > 0
        assert refused.detail(error_details_pb2.QuotaFailure).violations
        rig.door.open.set()
        assert acked(await first) == ["a", "b"]
        await rig.publish(event("c"))


async def test_while_the_store_fails_nothing_is_acked(rig: Rig) -> None:
    rig.door.fails = True
    for call in (rig.publish(event("a")), rig.publish_batch(event("a"))):
        refused = await failure(call)
        assert refused.code is grpc.StatusCode.UNAVAILABLE
        assert refused.detail(error_details_pb2.RetryInfo).retry_delay.ToMicroseconds() > 0
    rig.door.fails = False
    assert not (await rig.publish(event("a"))).duplicate


async def test_get_event_shows_it_and_what_it_fired(rig: Rig) -> None:
    sent = event("e1", object_version=3, data='{"name":"Zoë"}'.encode(), tags=["1"])
    await rig.publish(sent)
    shown = await rig.get("e1", READER)
    sent.account_id = ACCOUNT
    sent.occurred_time.FromMicroseconds(NOW)
    assert shown.event == sent
    assert shown.publish_time.ToMicroseconds() == NOW
    assert [(fired.target.kind, fired.target.id) for fired in shown.fired] == [
        (delivery_pb2.TARGET_KIND_SUBSCRIPTION, 1),
        (delivery_pb2.TARGET_KIND_SUBSCRIPTION, 2),
    ]
    assert all(fired.state == delivery_pb2.DELIVERY_STATE_IN_FLIGHT for fired in shown.fired)
    assert {fired.delivery_id for fired in shown.fired} == {claim.delivery_id for claim in rig.claims}
    assert shown.unmatched_reason == ""


@pytest.mark.parametrize("changes, metadata, words", [
    ({"type": "unsub_tag"}, APP, "no subscription to unsub_tag"),
    ({"type": "object_create", "object_type_id": 149}, FOREIGN, "plan"),
])  # fmt: skip
async def test_get_event_says_why_nothing_was_fired(
    rig: Rig, changes: dict[str, Any], metadata: Any, words: str
) -> None:
    sent = event("e1", **changes)
    await rig.publish(sent, metadata)
    shown = await rig.get("e1", metadata, sent.account_id)
    assert words in shown.unmatched_reason
    assert not shown.fired


async def test_an_event_of_another_account_is_as_good_as_none(rig: Rig) -> None:
    await rig.publish(event("e1"))
    found = [await failure(rig.get(event_id, FOREIGN)) for event_id in ("e1", "e2")]
    assert [each.code for each in found] == [grpc.StatusCode.NOT_FOUND] * 2
    assert found[0].message == found[1].message
    denied = await failure(rig.get("e1", FOREIGN, ACCOUNT))
    assert denied.code is grpc.StatusCode.PERMISSION_DENIED


async def pages(rig: Rig, **fields: Any) -> list[list[str]]:
    found, token = [], ""
    while True:
        page = await rig.list_events(page_token=token, **fields)
        found.append([each.event.id for each in page.events])
        token = page.next_page_token
        if not token:
            return found


@pytest.mark.parametrize("size, expected", [
    (2, [["e4", "e3"], ["e2", "e1"], ["e0"]]),
    (5, [["e4", "e3", "e2", "e1", "e0"]]),
    (0, [["e4", "e3", "e2", "e1", "e0"]]),
])  # fmt: skip
async def test_list_events_pages_from_the_newest(rig: Rig, size: int, expected: list[list[str]]) -> None:
    await rig.publish_batch(*(event(f"e{number}") for number in range(5)))
    await rig.publish(event("foreign", type="object_create"), FOREIGN)
    assert await pages(rig, page_size=size) == expected


async def test_a_page_ends_where_it_would_grow_too_large(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_service, "PAGE_BYTES", 250)
    monkeypatch.setattr(event_service, "READ_STEP", 2)
    await rig.publish_batch(*(event(f"e{n}", data=b'{"a":"%s"}' % (b"x" * 100)) for n in range(7)))
    assert await pages(rig) == [["e6", "e5", "e4"], ["e3", "e2", "e1"], ["e0"]]


@pytest.mark.parametrize("step", [1, 2, 10])
async def test_a_page_ends_where_its_events_fired_very_much(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(event_service, "PAGE_FIRED", 3)
    monkeypatch.setattr(event_service, "FIRED_STEP", step)
    await rig.publish_batch(*(event(f"e{n}") for n in range(5)))
    assert await pages(rig) == [["e4", "e3"], ["e2", "e1"], ["e0"]]
    assert await pages(rig, page_size=3) == [["e4", "e3"], ["e2", "e1"], ["e0"]]


@pytest.mark.parametrize("fields, expected", [
    ({"type": "unsub_tag"}, ["c"]),
    ({"object_type_id": 0}, ["c", "a"]),
    ({"object_type_id": 149, "object_id": "8"}, ["b"]),
    ({"object_id": "9"}, ["c"]),
    ({"type": "object_create"}, []),
])  # fmt: skip
async def test_list_events_filters(rig: Rig, fields: dict[str, Any], expected: list[str]) -> None:
    await rig.publish_batch(event("a"), event("b", object_type_id=149), event("c", type="unsub_tag", object_id="9"))
    shown = (await rig.list_events(**fields)).events
    assert [each.event.id for each in shown] == expected
    assert [len(each.fired) for each in shown] == [0 if each.event.id == "c" else 2 for each in shown]


@pytest.mark.parametrize("more", [{"type": "sub_tag"}, {"page_token": "garbage"}])
async def test_a_page_token_of_something_else_is_refused(rig: Rig, more: dict[str, Any]) -> None:
    await rig.publish_batch(event("a"), event("b"))
    token = (await rig.list_events(page_size=1)).next_page_token
    refused = await failure(rig.list_events(**({"page_token": token} | more)))
    assert "page_token" in refused.fields
