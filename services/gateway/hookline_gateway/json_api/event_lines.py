"""Lines of a body as events in batches, and results as lines: what stands on which line is kept together."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson
from google.rpc import error_details_pb2
from hookline.dispatcher.v1 import event_service_pb2
from hookline.event.v1 import event_pb2

from hookline_gateway.json_api.json_in import message_of, read_json
from hookline_gateway.json_api.json_out import document_of
from hookline_gateway.json_api.lines import Line
from hookline_gateway.json_api.quick import quick_event
from hookline_gateway.refusals import BodyTooLarge
from hookline_gateway.statuses import failure_of
from hookline_runtime.errors import HooklineError

LONGEST_LINE = 1 << 20
MOST_EVENTS = 1000
MOST_BYTES = 2 << 20
"""Of lines in one batch: the services take messages of 4 MiB."""

_IN_BATCH = re.compile(r"\bevents\[\d+\]\.?")

Result = event_service_pb2.PublishResult


@dataclass(slots=True)
class Batch:
    """Lines in order, each with its result once there is one, and the events of those that hold one."""

    lines: list[int] = field(default_factory=list)
    results: list[Result | None] = field(default_factory=list)
    events: list[event_pb2.Event] = field(default_factory=list)
    size: int = 0

    @property
    def full(self) -> bool:
        """Whether another line belongs to another batch."""
        return len(self.lines) >= MOST_EVENTS or self.size >= MOST_BYTES

    def add(self, line: Line) -> None:
        """Adds a line, with its refusal where it holds no event."""
        self.lines.append(line.number)
        try:
            event = _event(line)
        except HooklineError as error:
            self.results.append(Result(error=failure_of(error).status))
            return
        self.results.append(None)
        self.events.append(event)
        self.size += len(line.text or b"")

    def settle(self, results: Iterable[Result]) -> None:
        """Takes the results of its events, in their order."""
        found = map(_of_line, results)
        self.results = [each if each is not None else next(found) for each in self.results]


class Waiting:
    """Batches whose acks are to come, in the order of their lines."""

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()

    @property
    def first_line(self) -> int | None:
        """The first line that has no ack yet."""
        return self._batches[0].lines[0] if self._batches else None

    def add(self, batch: Batch) -> None:
        """Notes that a batch was sent, or that none of its lines could be."""
        self._batches.append(batch)

    def settle(self, results: Iterable[Result]) -> None:
        """Takes the results of the first batch that was sent."""
        next(batch for batch in self._batches if None in batch.results).settle(results)

    def settled(self) -> Iterator[bytes]:
        """The answer's lines of every batch that is settled and has none before it that is not."""
        while self._batches and None not in self._batches[0].results:
            batch = self._batches.popleft()
            yield b"".join(map(_answer, batch.lines, batch.results))


def _event(line: Line) -> event_pb2.Event:
    if line.text is None:
        raise BodyTooLarge(f"the line has more than {LONGEST_LINE} bytes", reason="LINE_TOO_LONG")
    value = read_json(line.text, "this line, read by itself,")
    quick = quick_event(value)
    return quick if quick is not None else message_of(value, event_pb2.Event)


def _of_line(result: Result) -> Result:
    """The result with paths that begin at the event: which one of a batch it was means nothing to a caller."""
    if not result.HasField("error"):
        return result
    result.error.message = _IN_BATCH.sub("", result.error.message)
    request = error_details_pb2.BadRequest()
    for detail in result.error.details:
        if detail.Unpack(request):
            for each in request.field_violations:
                each.field = _IN_BATCH.sub("", each.field)
            detail.Pack(request)
    return result


def _answer(number: int, result: Result | None) -> bytes:
    document = document_of(result) if result is not None else {}
    return orjson.dumps({"line": number, **document}, option=orjson.OPT_APPEND_NEWLINE)
