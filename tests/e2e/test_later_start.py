"""A start after everything was killed: what waits goes on by itself, before the registry is there."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from hookline_cli.address import Address, claim
from hookline_cli.sink.bin import Received, Sink
from tests.e2e.test_cli import FREE_PORTS, Up, clean_environment, command, started, until


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@contextlib.contextmanager
def held(file: Path) -> Iterator[None]:
    """Keeps everybody else from a database."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()


async def retried(up: Up) -> bool:
    (delivery,) = (await up.ok("deliveries", "list", "--event", "waits"))["deliveries"]
    return bool(delivery["state"] == "DELIVERY_STATE_WAITING" and delivery["attempts"])


async def test_deliveries_go_on_while_the_registry_cannot_start_and_then_all_serves(tmp_path: Path) -> None:
    data = tmp_path / "data"
    nobody = claim(Address("127.0.0.1", 0), "a receiver")
    with started(data) as first:
        await first.ok("subscriptions", "create", "sub_tag", f"http://{nobody}/in")
        await first.ok("publish", "--id", "waits", "--type", "sub_tag", "--param", "tag_id=4", "--object-id", "8")
        async with asyncio.timeout(60):
            while not await retried(first):
                pass
        everybody = [first.process.pid, *first.children().values()]
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        await until(lambda: gone(everybody))

    received: list[Received] = []
    words = ("up", "--data", str(data), "--json", *FREE_PORTS)
    async with Sink(nobody, on_request=received.append), contextlib.AsyncExitStack() as ends:
        with held(data / "registry.db"):
            second = await ends.enter_async_context(command(*words, environment=clean_environment()))
            await until(lambda: len(received) > 0)
        assert second.stdout is not None
        assert b'"ready"' in await asyncio.wait_for(second.stdout.readline(), 60)
        second.terminate()
        assert await asyncio.wait_for(second.wait(), 60) == 0
    assert {each.request.headers["webhook-id"] for each in received} == {received[0].request.headers["webhook-id"]}
