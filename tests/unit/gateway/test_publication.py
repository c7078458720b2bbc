"""Which lines of a body travel together: one alone at once, more while the acks of earlier ones are to come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_gateway.json_api.ack_spool import AckSpool
from hookline_gateway.json_api.beside import LARGE
from hookline_gateway.json_api.publication import AT_A_TIME, ENOUGH, Publication


class Stream:
    """The dispatcher's end of a stream: keeps what is written, and acks a batch when it is told to."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.written = asyncio.Event()
        self._answers: asyncio.Queue[pb.PublishStreamResponse | None] = asyncio.Queue()
        self._unacked: list[pb.PublishStreamRequest] = []

    async def write(self, request: pb.PublishStreamRequest) -> None:
        self.sizes.append(len(request.events))
        self._unacked.append(request)
        self.written.set()

    def ack(self) -> None:
        """Acks the oldest batch that has no ack."""
        batch = self._unacked.pop(0)
        results = [pb.PublishResult(ack=pb.PublishAck(event_id=each.id)) for each in batch.events]
        self._answers.put_nowait(pb.PublishStreamResponse(batch_id=batch.batch_id, results=results))

    async def done_writing(self) -> None:
        while self._unacked:
            self.ack()
        self._answers.put_nowait(None)

    def cancel(self) -> None:
        pass

    async def __aiter__(self) -> AsyncIterator[pb.PublishStreamResponse]:
        while (answer := await self._answers.get()) is not None:
            yield answer


class Body:
    """A body of lines that come when they are sent."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._sent = 0

    def send(self, lines: int) -> None:
        self._sent += lines
        first = self._sent - lines
        texts = (f'{{"type":"sub_tag","id":"e{number}"}}\n' for number in range(first, self._sent))
        self._pieces.put_nowait("".join(texts).encode())

    def send_large(self, lines: int, size: int) -> None:
        text = json.dumps({"type": "sub_tag", "data": {"text": "x" * size}}) + "\n"
        self._sent += lines
        self._pieces.put_nowait(text.encode() * lines)

    def send_bad(self, lines: int) -> None:
        self._pieces.put_nowait(b"x\n" * lines)

    def end(self) -> None:
        self._pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece


class Rig:
    def __init__(self) -> None:
        self.body, self.stream, self.spool = Body(), Stream(), AckSpool()
        call: Any = self.stream
        self.publication = Publication(aiter(self.body), call, self.spool, 0, asyncio.Event())
        self.running = asyncio.create_task(self.publication.run())

    async def settle(self) -> list[int]:
        """The sizes of the batches that were sent once nothing moves any more."""
        for _ in range(50):
            await asyncio.sleep(0)
        return self.stream.sizes

    async def end(self) -> int:
        """Ends the body; how many lines were acked."""
        self.body.end()
        await self.running
        self.spool.end()
        acked = b""
        while piece := await self.spool.get():
            acked += piece
        self.spool.close()
        return acked.count(b'"ack"')


async def test_a_line_alone_is_sent_at_once_and_those_behind_it_together_after_its_ack() -> None:
    rig = Rig()
    rig.body.send(1)
    assert await rig.settle() == [1]
    for _ in range(5):
        rig.body.send(2)
    assert await rig.settle() == [1]
    assert rig.publication.first_unacked == 1
    rig.stream.ack()
    assert await rig.settle() == [1, 10]
    assert rig.publication.first_unacked == 2
    assert await rig.end() == 11


async def test_enough_lines_wait_for_no_ack() -> None:
    rig = Rig()
    rig.body.send(1)
    await rig.settle()
    rig.body.send(ENOUGH - 1)
    assert await rig.settle() == [1]
    rig.body.send(3)
    assert await rig.settle() == [1, ENOUGH + 2]
    rig.body.send(4)
    rig.stream.ack()
    assert await rig.settle() == [1, ENOUGH + 2], "the second is still under way"
    rig.stream.ack()
    assert await rig.settle() == [1, ENOUGH + 2, 4]
    assert await rig.end() == ENOUGH + 7


async def test_what_was_gathered_goes_out_at_the_end_of_the_body() -> None:
    rig = Rig()
    rig.body.send(1)
    await rig.settle()
    rig.body.send(2)
    assert await rig.settle() == [1]
    assert await rig.end() == 3
    assert rig.stream.sizes == [1, 2]


async def test_others_have_their_turns_while_many_lines_of_one_piece_are_read() -> None:
    rig = Rig()
    rig.body.send_bad(50 * AT_A_TIME)
    ended = asyncio.create_task(rig.end())
    turns = 0
    while not ended.done():
        turns += 1
        await asyncio.sleep(0)
    assert await ended == 0
    assert turns > 50


@pytest.mark.parametrize("size", [LARGE // 2, LARGE * 2])
async def test_others_have_their_turn_between_large_lines(size: int) -> None:
    async def turns(lines: int) -> int:
        rig = Rig()
        rig.body.send_large(lines, size)
        taken = 0
        while not rig.stream.written.is_set():
            await asyncio.sleep(0)
            taken += 1
        await rig.end()
        return taken

    assert AT_A_TIME > 10
    assert await turns(10) >= await turns(1) + 4
