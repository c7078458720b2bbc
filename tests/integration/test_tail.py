"""Watching deliveries from the command line while the dispatcher is restarted, before any outcome was told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc
from hookline.dispatcher.v1 import delivery_service_pb2 as pb

from hookline_cli.commands.deliveries import watch
from hookline_cli.credentials import Access
from hookline_cli.output import Output
from hookline_cli.session import Session
from tests.contract.dispatcher.suite import running
from tests.contract.registry.world import refusal


async def test_a_tail_misses_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        first, address = suite.world.first, f"127.0.0.1:{suite.dispatcher.port}"
        await suite.subscribe()
        suite.receiver.gate.clear()
        await suite.publish("e1")
        await suite.receiver.until(1)
        async with Session(Access(first.api_key, first.api_appid, "", address), Output(True), 0) as session:
            async with asyncio.timeout(30):
                responses = watch(session, pb.WatchRequest())
                assert not (await anext(responses)).HasField("delivery")
                other = suite.user.Watch(pb.WatchRequest())
                assert (await other.read()).resume_token
                drain = asyncio.create_task(suite.dispatcher.drain())
                reading = asyncio.ensure_future(anext(responses))
                # The stream ends first, then the attempt: its outcome comes while nobody watches.
                assert (await refusal(other.read())).code == grpc.StatusCode.UNAVAILABLE
                suite.receiver.gate.set()
                await drain
                await suite.restart(tmp_path, dispatcher_address=address)
                await suite.publish("e2")
                told = [await reading]
                async for response in responses:
                    told.append(response)
                    if response.delivery.event_id == "e2":
                        break
        assert [each.delivery.event_id for each in told if each.HasField("delivery")] == ["e1", "e2"]
