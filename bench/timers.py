"""How fast timers that are due at once get through while a million wait.

Run: ``python -m bench.timers [WAITING DUE]``. The objects are put into the file by hand; then the real router steps a
definition with memory for each timer that is due, and each step fires a webhook and starts its next timer.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import uvloop

from hookline_dispatcher.core.instants import HOUR
from hookline_plugin.stateful import Due, Firing, Memory, Movement, Outcome, Passage, Step, Timer
from hookline_plugin.trigger import Interest
from tests.unit.dispatcher.configs import ACCOUNT
from tests.unit.dispatcher.counting_source import Counting
from tests.unit.dispatcher.router_rig import RouterRig

DATA = b'{"firstname":"Mary","note":"' + b"y" * 240 + b'"}'


class Waiting(Counting):
    """A wait, a webhook, the next wait."""

    @property
    def interests(self) -> tuple[Interest, ...]:
        """Events play no part here."""
        return ()

    def step(self, step: Step) -> Outcome:
        """Goes on to the next wait."""
        assert isinstance(step.occasion, Due)
        key = step.occasion.key
        return Outcome(
            memory=Memory(b"moved on", 1),
            start=(Timer(f"{key}.", step.now + HOUR),),
            fires=(Firing(key, 1, "webhook"),),
            movements=(Movement("wait", Passage.LEFT), Movement("next", Passage.REACHED)),
        )


def rows(waiting: int, due: int, now: int) -> Iterator[tuple[str, int]]:
    """Objects with the due times of their timers."""
    for number in range(waiting):
        yield f"{number}", now if number % (waiting // due) == 0 else now + HOUR


def resident() -> float:
    """Megabytes of memory in use."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def fill(path: Path, waiting: int, due: int, now: int) -> None:
    """Puts the objects into the file."""
    with closing(sqlite3.connect(path)) as file:
        file.executemany(
            f"INSERT INTO timer VALUES ({ACCOUNT}, 9, 1, 0, ?, 't', ?, 0, 0)",
            rows(waiting, due, now),
        )
        file.executemany(
            "INSERT INTO memory "
            "(account_id, kind, definition_id, object_type_id, object_id, row_version, follows, body) "
            f"VALUES ({ACCOUNT}, 9, 1, 0, ?, 1, ? > 0, 'resting here since then')",
            rows(waiting, due, now),
        )
        file.executemany(
            "INSERT INTO object_state (account_id, object_type_id, object_id, version, data, tags) "
            f"VALUES ({ACCOUNT}, 0, ?, ? > 0, ?, '[]')",
            ((*each, DATA) for each in rows(waiting, due, now)),
        )
        file.commit()


async def main(waiting: int, due: int, folder: Path) -> None:
    """Measures it."""
    rig = RouterRig(folder / "dispatcher.db")
    rig.source.compile = Waiting  # type: ignore[method-assign]  # another definition of the same source
    rig.clock.time = time.time_ns() // 1000
    await rig.open()
    await rig.define()
    await rig.work()
    await rig.store.close()
    fill(rig.path, waiting, due, rig.clock.time)
    await rig.open()
    before = resident()
    began = time.perf_counter()
    turns = 0
    while await rig.router.turn():
        turns += 1
    seconds = time.perf_counter() - began
    fired = (await rig.counts())["webhook"]
    figures = await rig.store.route_figures()
    print(f"{waiting} waiting, {due} due at once: {seconds:.2f} s in {turns} turns, {fired.on_its_way} on their way")
    print(f"{figures.timers} timers wait; memory {before:.0f} MB before, {resident():.0f} MB after")
    await rig.store.close()


if __name__ == "__main__":
    waiting, due = [int(each) for each in sys.argv[1:]] or (1_000_000, 10_000)
    with tempfile.TemporaryDirectory() as name:
        uvloop.run(main(waiting, due, Path(name)))
