"""What a dispatcher changed gets into the audit log once, though it is killed before it could tell the registry."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message
from hookline.dispatcher.v1 import delivery_pb2, target_service_pb2
from hookline.registry.v1 import audit_pb2, subscription_pb2

from hookline_dispatcher.store.notes import MOST_NOTES, Note, noting
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_runtime.channels import open_channel
from tests.integration.process import BOUND, Apart, apart
from tests.integration.relay import Relay, relaying

TARGET = delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=1)
KILLS = 4


@asynccontextmanager
async def behind_a_relay(folder: Path) -> AsyncIterator[tuple[Apart, Relay]]:
    """A dispatcher whose way to the registry can be cut, and which knows of a subscription."""
    async with relaying() as relay, apart(folder, HOOKLINE_DISPATCHER_REGISTRY=f"127.0.0.1:{relay.port}") as suite:
        relay.to_port, relay.whole = suite.world.registry.port, True
        subscription = subscription_pb2.Subscription(event="sub_tag", url=suite.receiver.url)
        await suite.world.user.CreateSubscription(subscription_pb2.CreateSubscriptionRequest(subscription=subscription))
        await asking(suite, "GetTarget", target_service_pb2.GetTargetRequest(target=TARGET))
        yield suite, relay


async def asking(suite: Apart, method: str, request: Message) -> Message:
    """The answer of the dispatcher, asked until it is there."""
    async with asyncio.timeout(BOUND):
        while True:
            try:
                async with open_channel(suite.dispatcher.address) as channel:
                    ask: Callable[[Message], Awaitable[Message]] = getattr(suite.caller(channel), method)
                    return await ask(request)
            except grpc.aio.AioRpcError as error:
                if error.details() != "no such target" and error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise


async def pause(suite: Apart, reason: str) -> None:
    await asking(suite, "PauseTarget", target_service_pb2.PauseTargetRequest(target=TARGET, reason=reason))


async def noted(suite: Apart) -> Counter[str]:
    """How often each change of the dispatcher stands in the audit log, by what was asked."""
    page = await suite.world.user.ListAuditEntries(audit_pb2.ListAuditEntriesRequest(page_size=1000))
    return Counter(each.after.decode() for each in page.audit_entries if ".dispatcher." in each.method)


async def until_noted(suite: Apart, text: str) -> Counter[str]:
    async with asyncio.timeout(BOUND):
        while True:
            found = await noted(suite)
            if any(text in each for each in found):
                return found
            await asyncio.sleep(0.1)


async def test_what_was_changed_before_a_kill_is_noted_once_after_it(tmp_path: Path) -> None:
    async with behind_a_relay(tmp_path) as (suite, relay):
        relay.cut()
        await pause(suite, "without a registry")
        assert not await noted(suite)
        await suite.dispatcher.end(signal.SIGKILL)
        relay.whole = True
        await suite.dispatcher.start()
        assert list((await until_noted(suite, "without a registry")).values()) == [1]


async def test_kills_in_the_midst_of_changes_lose_and_repeat_no_entry(tmp_path: Path) -> None:
    async with behind_a_relay(tmp_path) as (suite, _):
        acked: list[str] = []

        async def change() -> None:
            async with open_channel(suite.dispatcher.address) as channel:
                caller = suite.caller(channel)
                for number in range(10**6):
                    asked = target_service_pb2.PauseTargetRequest(target=TARGET, reason=f"{len(acked)}.{number}")
                    try:
                        await caller.PauseTarget(asked)
                        acked.append(f'"{asked.reason}"')
                        await caller.ResumeTarget(target_service_pb2.ResumeTargetRequest(target=TARGET))
                    except grpc.aio.AioRpcError:
                        await asyncio.sleep(0.02)

        changing = asyncio.create_task(change())
        async with asyncio.timeout(BOUND):
            for _ in range(KILLS):
                goal = len(acked) + 20
                while len(acked) < goal:
                    await asyncio.sleep(0.001)
                await suite.dispatcher.end(signal.SIGKILL)
                await suite.dispatcher.start()
        changing.cancel()
        await pause(suite, "the last")
        found = await until_noted(suite, "the last")
        pauses = {text: count for text, count in found.items() if "reason" in text}
        assert set(pauses.values()) == {1}
        assert not [each for each in acked if not any(each in text for text in pauses)]


async def test_with_a_full_outbox_nothing_is_changed_until_the_registry_is_back(tmp_path: Path) -> None:
    async with behind_a_relay(tmp_path) as (suite, relay):
        relay.cut()
        await suite.dispatcher.end(signal.SIGKILL)
        await fill(suite.dispatcher.folder / "dispatcher.db")
        await suite.dispatcher.start()
        async with open_channel(suite.dispatcher.address) as channel:
            caller = suite.caller(channel)
            for request in (
                target_service_pb2.PauseTargetRequest(target=TARGET),
                target_service_pb2.SendTestRequest(target=TARGET),
            ):
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await getattr(caller, request.DESCRIPTOR.name.removesuffix("Request"))(request)
                assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
                assert "audit log" in (refused.value.details() or "")
            target = await caller.GetTarget(target_service_pb2.GetTargetRequest(target=TARGET))
            assert target.target.state == target_service_pb2.TARGET_STATE_ACTIVE
            assert not suite.receiver.received
        relay.whole = True
        await pause(suite, "there is room again")


async def fill(file: Path) -> None:
    """Leaves no room for another entry."""
    store = await SqliteStore.open(file)

    async def one(number: int) -> None:
        entry = audit_pb2.AuditEntry(method="test.Filling", after=b"{}")
        entry.create_time.FromSeconds(1)
        with noting(Note(f"filling {number}", entry.SerializeToString())):
            await store.keep_note()

    await asyncio.gather(*(one(number) for number in range(MOST_NOTES)))
    await store.close()
