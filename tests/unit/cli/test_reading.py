import os
from collections.abc import AsyncIterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_cli.event_lines import MAX_LINE_BYTES
from hookline_cli.publishing.batches import Batch, Refused, batches
from hookline_cli.publishing.reading import chunks, line_groups


async def given_chunks(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@settings(max_examples=60)
@given(st.binary(max_size=60).map(lambda text: text.replace(b"\x00", b"\n")), st.lists(st.integers(1, 9), max_size=30))
async def test_lines_do_not_depend_on_chunks(text: bytes, sizes: list[int]) -> None:
    parts: list[bytes] = []
    rest = text
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    found = [line async for group in line_groups(given_chunks([*parts, rest])) for line in group]
    assert found == [(number, line) for number, line in enumerate(text.split(b"\n"), 1) if line.strip()]


async def test_a_line_without_end_is_cut_and_the_next_ones_survive() -> None:
    parts = [b"x" * MAX_LINE_BYTES] * 5 + [b"\nnext\n"]
    found = [line async for group in line_groups(given_chunks(parts)) for line in group]
    assert [(number, len(line) > MAX_LINE_BYTES) for number, line in found] == [(1, True), (2, False)]
    assert len(found[0][1]) <= MAX_LINE_BYTES + len(parts[0])


async def test_reads_a_pipe_as_it_comes(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    stream = line_groups(chunks(reading))
    os.write(writing, b"one\ntw")
    assert await anext(stream) == [(1, b"one")]
    os.write(writing, b"o\n")
    assert await anext(stream) == [(2, b"two")]
    os.close(writing)
    assert [group async for group in stream] == []
    os.close(reading)


async def test_batches_are_bounded_and_every_event_has_an_id() -> None:
    async def groups() -> AsyncIterator[list[tuple[int, bytes]]]:
        line = b'{"type":"sub_tag","object_id":"8"}'
        yield [(number, line) for number in range(1, 6)] + [(6, b"{}"), (7, b'{"id":"own",' + line[1:])]
        yield [(8, line)]

    found = [each async for each in batches(groups(), 3, account_id=9)]
    assert [each.lines for each in found if isinstance(each, Batch)] == [(1, 2, 3), (4, 5, 7), (8,)]
    assert [each for each in found if isinstance(each, Refused)] == [Refused(6, ("type: is required",))]
    events = [event for each in found if isinstance(each, Batch) for event in each.events]
    assert len({event.id for event in events}) == len(events) == 7
    assert events[5].id == "own"
    assert {event.account_id for event in events} == {9}


async def test_batches_are_bounded_in_bytes() -> None:
    async def groups() -> AsyncIterator[list[tuple[int, bytes]]]:
        line = b'{"type":"sub_tag","object_id":"8","data":{"a":"' + b"x" * 400_000 + b'"}}'
        yield [(number, line) for number in range(5)]

    assert [len(each.events) async for each in batches(groups(), 200) if isinstance(each, Batch)] == [2, 2, 1]
