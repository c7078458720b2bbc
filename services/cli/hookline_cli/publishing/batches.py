"""Batches of events, bounded in number and bytes, and the lines that are none."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from hookline.event.v1 import event_pb2

from hookline_cli.event_lines import BadLine, parse_line

BATCH_EVENTS = 200
BATCH_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Events to be sent together, and the line that each came from."""

    events: tuple[event_pb2.Event, ...]
    lines: tuple[int, ...]

    def only(self, indexes: list[int]) -> "Batch":
        """The batch with these events only."""
        return Batch(tuple(self.events[each] for each in indexes), tuple(self.lines[each] for each in indexes))


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not an event, or an event that was not taken, and why as `field: reason`."""

    line: int
    reasons: tuple[str, ...]


async def batches(
    groups: AsyncIterator[list[tuple[int, bytes]]], size: int = BATCH_EVENTS, account_id: int = 0
) -> AsyncIterator[Batch | Refused]:
    """Turns groups of lines into batches; a group's end ends a batch, so that a slow producer is not held back.

    A line without an id gets one here, before it is first sent: that is what makes sending it again harmless.
    """
    async for group in groups:
        for each in _of_group(group, size, account_id):
            yield each


def _of_group(group: list[tuple[int, bytes]], size: int, account_id: int) -> Iterator[Batch | Refused]:
    events: list[event_pb2.Event] = []
    lines: list[int] = []
    filled = 0
    for number, line in group:
        try:
            event = parse_line(line)
        except BadLine as error:
            yield Refused(number, (str(error),))
            continue
        event.id = event.id or str(uuid.uuid4())
        event.account_id = event.account_id or account_id
        if events and (len(events) >= size or filled + len(line) > BATCH_BYTES):
            yield Batch(tuple(events), tuple(lines))
            events, lines, filled = [], [], 0
        events.append(event)
        lines.append(number)
        filled += len(line)
    if events:
        yield Batch(tuple(events), tuple(lines))
