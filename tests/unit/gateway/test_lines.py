"""Lines cut out of pieces, and acks that wait for a client that does not read."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.json_api.ack_spool import AckSpool
from hookline_gateway.json_api.lines import Lines

LONGEST = 10


def cut(pieces: list[bytes]) -> list[tuple[int, bytes | None]]:
    lines = Lines(LONGEST)
    found = [each for piece in pieces for each in lines.feed(piece)]
    return [(each.number, each.text) for each in [*found, *lines.end()]]


@given(st.lists(st.text("ab \n", max_size=30).map(str.encode), max_size=8))
def test_where_a_body_is_cut_into_pieces_does_not_matter(pieces: list[bytes]) -> None:
    expected = [
        (number, None if len(text) > LONGEST else text)
        for number, text in enumerate(b"".join(pieces).split(b"\n"), 1)
        if text.strip() or len(text) > LONGEST
    ]
    assert cut(pieces) == expected


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=30), st.lists(st.booleans(), max_size=60))
async def test_a_spool_gives_back_what_was_put_in_in_order(parts: list[bytes], turns: list[bool]) -> None:
    spool = AckSpool(in_memory=40)
    waiting, got = list(parts), b""
    for put in turns:
        if put and waiting:
            await spool.put(waiting.pop(0))
        elif len(got) < sum(map(len, parts[: len(parts) - len(waiting)])):
            got += await spool.get()
    for part in waiting:
        await spool.put(part)
    spool.end()
    while piece := await spool.get():
        got += piece
    spool.close()
    assert got == b"".join(parts)


async def test_a_full_spool_holds_the_writer_until_it_is_read() -> None:
    spool = AckSpool(most=3)
    await spool.put(b"abcd")
    held = asyncio.create_task(spool.put(b"e"))
    await asyncio.wait({held}, timeout=0.05)
    assert not held.done()
    assert await spool.get() == b"abcd"
    await held
    assert await spool.get() == b"e"
    spool.close()
