"""Publishing the sample file at a pace that can be watched.

Each run puts its own name before the events' ids: an event that was published before is not delivered again.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from hookline_cli.connection import Connection
from hookline_cli.failure import CliError, why
from hookline_cli.publishing.batches import Batch, Refused, batches
from hookline_cli.publishing.stream import Settled, StreamPublisher

_BATCH = 10
_PAUSE_SECONDS = 0.15


class Published:
    """How much was published so far."""

    def __init__(self) -> None:
        self.events = 0
        self.deliveries = 0
        self.done = False

    def settle(self, settled: Settled) -> None:
        """Adds one answer; raises CliError when the sample was refused."""
        self.events += settled.taken
        self.deliveries += settled.deliveries
        for refused in settled.refused:
            raise CliError(f"line {refused.line} of the sample was refused", *refused.reasons)


async def publish_sample(
    dispatcher: Connection, lines: list[tuple[int, bytes]], run: str, config_revision: int, published: Published
) -> None:
    """Publishes every line; the dispatcher waits until it knows the subscriptions."""
    publisher = StreamPublisher(dispatcher, published.settle, min_config_revision=config_revision)
    await publisher.run(_paced(lines, run))
    published.done = True


def read_sample(file: Path) -> list[tuple[int, bytes]]:
    """The lines of the sample file; raises CliError."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise CliError(f"cannot read {file}: {why(error)}; name one by --events") from None
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


async def _paced(lines: list[tuple[int, bytes]], run: str) -> AsyncIterator[Batch | Refused]:
    async for each in batches(_one_group(lines), _BATCH):
        if isinstance(each, Batch):
            for event in each.events:
                event.id = f"{run}-{event.id}"
        yield each
        await asyncio.sleep(_PAUSE_SECONDS)


async def _one_group(lines: list[tuple[int, bytes]]) -> AsyncIterator[list[tuple[int, bytes]]]:
    yield lines
