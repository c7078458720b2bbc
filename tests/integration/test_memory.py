"""A dispatcher that is sent as much as it takes stays within its memory, and serves others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_dispatcher.api.streams import MOST_OF_ONE
from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.suite import event
from tests.integration.process import Apart, apart

MIB = 1024 * 1024
BATCHES = 12
EVENTS = 500
BOUND = 330 * MIB
"""Of a process that takes 90 MB at rest. Without turns the small requests are refused here before memory runs out."""


def highest(pid: int) -> int:
    """The most bytes that were ever resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


async def large(stream: int) -> AsyncIterator[pb.PublishStreamRequest]:
    data = b'{"a":"' + b"x" * (4 * MIB // EVENTS - 200) + b'"}'
    for number in range(BATCHES):
        events = [event(f"{stream}-{number}-{each}", params={"tag_id": "9"}, data=data) for each in range(EVENTS)]
        yield pb.PublishStreamRequest(batch_id=number, events=events)


async def publish_much(run: Apart, stream: int) -> None:
    async with open_channel(run.dispatcher.address) as channel:
        acks = [ack.batch_id async for ack in run.caller(channel).PublishStream(large(stream))]
    assert acks == list(range(BATCHES))


async def test_full_streams_stay_within_memory_and_others_are_served(tmp_path: Path) -> None:
    async with apart(tmp_path) as run, open_channel(run.dispatcher.address) as channel:
        streams = asyncio.gather(*(publish_much(run, stream) for stream in range(MOST_OF_ONE)))
        served = 0
        while not streams.done() or not served:
            await run.caller(channel).Publish(pb.PublishRequest(event=event(f"small-{served}")))
            served += 1
        await streams
        assert run.dispatcher.process is not None
        assert highest(run.dispatcher.process.pid) < BOUND
