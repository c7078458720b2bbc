"""The demo from beginning to end: sink, services, scene, events, what became of them."""

import asyncio
import shlex
import sys
import time
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Group
from rich.table import Table
from rich.text import Text

from hookline_cli import tables
from hookline_cli.address import Address
from hookline_cli.connection import Connection
from hookline_cli.credentials import FILE_NAME, Credentials
from hookline_cli.demo.counting import Counting
from hookline_cli.demo.live import live_table, summary, summary_words
from hookline_cli.demo.map_table import campaign_document, campaign_line, map_table
from hookline_cli.demo.onboarding import entrants
from hookline_cli.demo.plan import PLAN, SEED
from hookline_cli.demo.preparing import Scene, set_scene
from hookline_cli.demo.publishing import Published, publish_sample, read_sample
from hookline_cli.demo.screen import screen
from hookline_cli.demo.watching import Watching
from hookline_cli.failure import CliError
from hookline_cli.output import Output
from hookline_cli.sink.behaviour import Behaviour
from hookline_cli.sink.bin import Sink
from hookline_cli.up.installation import Installation, Wanted, installation
from hookline_cli.up.signals import until_signalled

PATIENCE_SECONDS = 120.0
_FRAME_SECONDS = 0.25
_LINES_AROUND = 10
"""Lines of both tables that are no rows: titles, heads, rules, what stands for the whole map."""


async def run_demo(data: Path, events: Path, output: Output, *, stay: bool) -> None:
    """Runs the demo; raises CliError when not everything was delivered."""
    lines = read_sample(events)
    behaviours = {planned.path: Behaviour(fail_rate=planned.fail_rate) for planned in PLAN}
    async with (
        Sink(behaviours=behaviours, seed=SEED) as sink,
        installation(_wanted(data, sink.address), output.warn) as running,
    ):
        if running.credentials is None:
            raise CliError(f"there is no {running.layout.credentials_file}")
        output.note(Text(f"services are ready, a receiver listens on {sink.url('/')}"))
        output.note(Text(f"publishing {len(lines)} sample events; with retries and throttle it takes half a minute"))
        await _with_connections(running, running.credentials, sink, lines, output, stay)


def _wanted(data: Path, sink: Address) -> Wanted:
    """The usual addresses, others where those are taken; sending is opened for the sink and nothing else."""
    return Wanted(
        data,
        Address("127.0.0.1", 7700),
        Address("127.0.0.1", 7701),
        Address("127.0.0.1", 7702),
        Address("127.0.0.1", 7703),
        new_keys=not (data / FILE_NAME).exists(),
        egress_allow=f"{sink.host}/32:{sink.port}",
        give_way=True,
    )


async def _with_connections(
    running: Installation,
    credentials: Credentials,
    sink: Sink,
    lines: list[tuple[int, bytes]],
    output: Output,
    stay: bool,
) -> None:
    key, appid = credentials.api_key, credentials.api_appid
    async with (
        Connection("registry", credentials.registry, key, appid, credentials.tls) as registry,
        Connection("dispatcher", credentials.dispatcher, key, appid, credentials.tls) as dispatcher,
    ):
        play = _Play(running, dispatcher, sink, await set_scene(registry, sink), lines, output)
        await play.until_delivered()
        output.document(play.document(), play.words(stay))
        play.judge()
        if stay:
            output.note(Text("everything stays up; Ctrl-C ends it", style="bold"))
            await until_signalled(running.suite.failure())


class _Play:
    """One run: what goes on beside each other, and what it came to."""

    def __init__(
        self,
        running: Installation,
        dispatcher: Connection,
        sink: Sink,
        scene: Scene,
        lines: list[tuple[int, bytes]],
        output: Output,
    ) -> None:
        since = Timestamp()
        since.GetCurrentTime()
        self._running, self._sink, self._scene, self._output = running, sink, scene, output
        self._events = len(lines)
        self._published = Published()
        self._watching = Watching(dispatcher, scene.tally, since)
        self._counting = Counting(dispatcher, scene.campaign, entrants(lines), self._published)
        self._publish = lambda: publish_sample(
            dispatcher, lines, uuid.uuid4().hex[:8], scene.config_revision, self._published
        )

    async def until_delivered(self) -> None:
        """Publishes and watches until every delivery is settled, or patience ends."""
        work: list[Callable[[], Coroutine[Any, Any, None]]] = [
            self._watching.outcomes,
            self._watching.lengths,
            self._counting.counts,
            self._running.suite.failure,
            self._publish,
        ]
        tasks = [asyncio.create_task(each()) for each in work]
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        try:
            with screen(self._output, self._frame, self._progress) as frame:
                while not self._done() and time.monotonic() < give_up_at:
                    await asyncio.wait(tasks[:4], timeout=_FRAME_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    for task in tasks:
                        if task.done():
                            task.result()
                    frame()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._watching.look()
        await self._counting.look()

    def _tables(self) -> Group:
        return Group(self._targets(), map_table(self._counting, self._output.console.width))

    def _targets(self) -> Table:
        width = self._output.console.width
        return live_table(self._scene.tally, self._watching.queues, self._published.events, width)

    def _frame(self) -> Group:
        """Both tables; on a terminal that is too low for them the map until it is at rest, then the targets."""
        targets, counting = self._targets(), self._counting
        if targets.row_count + len(counting.elements) + _LINES_AROUND <= self._output.console.height:
            return self._tables()
        if counting.at_rest:
            return Group(targets, campaign_line(counting))
        return Group(str(targets.title), "", map_table(counting, self._output.console.width))

    def _progress(self) -> str:
        published, settled, expected = self._published, self._scene.tally.settled, self._expected
        events = f"{published.events} of {self._events} events published"
        words = f"{events}, {settled} of {expected} deliveries done; {campaign_line(self._counting)}"
        waits = published.done and settled < expected
        return f"{words}; the rest waits for a retry or a slot of its throttle" if waits else words

    @property
    def _expected(self) -> int:
        """How many deliveries there are so far: those that the acks told of, and what the campaign fired."""
        return self._published.deliveries + self._counting.fired

    def _done(self) -> bool:
        through = self._published.done and self._counting.at_rest
        return through and self._scene.tally.settled >= self._expected

    def judge(self) -> None:
        """Raises CliError with the reason when something went wrong."""
        tally, sink = self._scene.tally, self._sink.counts
        if not self._counting.at_rest:
            raise CliError(f"the campaign did not come to rest within {PATIENCE_SECONDS:g} s")
        if not self._done():
            missing = self._expected - tally.settled
            raise CliError(f"{missing} deliveries were not done within {PATIENCE_SECONDS:g} s")
        if tally.count("dead") or tally.count("cancelled"):
            raise CliError(f"{tally.count('dead')} deliveries are dead, {tally.count('cancelled')} cancelled")
        if sink.not_verified:
            raise CliError(f"{sink.not_verified} requests had a signature that does not fit")

    def document(self) -> dict[str, Any]:
        """The summary as JSON."""
        document = summary(self._scene.tally, self._published.events, self._expected)
        document["campaign"] = campaign_document(self._counting)
        addresses = self._running.layout.addresses()
        document["signatures_verified"] = self._sink.counts.verified
        document["requests_received"] = self._sink.counts.received
        document["credentials"] = str(self._running.layout.credentials_file)
        document["http"] = self._running.layout.http_url
        document["metrics"] = f"http://{addresses.metrics}/metrics"
        return document

    def words(self, stay: bool) -> Group:
        """The summary for a person, and where to look next; stay says whether the services still run then."""
        counts = self._sink.counts
        words = summary_words(self._scene.tally, self._published.events, counts.received, counts.verified)
        words.append(f"\n  campaign    {campaign_line(self._counting)}")
        shown = _from_here(self._running.layout.data)
        command = f"{_program()} {{}} --data {shlex.quote(str(shown))}"
        again = ("again without the demo" if stay else "first start it again", command.format("up"))
        looks = (
            ("credentials", str(shown / FILE_NAME)),
            ("console", self._running.layout.http_url),
            ("live doc", f"{self._running.layout.http_url}/docs"),
            ("metrics", f"http://{self._running.layout.addresses().metrics}/metrics"),
            ("deliveries", command.format("deliveries list")),
            ("one of them", command.format("deliveries show 1")),
            ("as they come", command.format("deliveries tail")),
            ("targets", command.format("targets list")),
            ("rules", command.format("rules list")),
            ("forms", command.format("forms list")),
            ("webhooks", command.format("webhooks list")),
            ("the map", command.format(f"campaigns show {self._counting.campaign.id}")),
            ("its counts", command.format(f"campaigns stats {self._counting.campaign.id}")),
        )
        nexts = tables.facts((*looks, again) if stay else (again, *looks))
        return Group(self._tables(), words, Text("\nWhere to look next", style="bold"), nexts)


def _from_here(path: Path) -> Path:
    """The path as short as it can be said in the current folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _program() -> str:
    """What calls this command: where it lies, when that is in the current folder and so perhaps not on the PATH."""
    beside = _from_here(Path(sys.executable).parent / "hookline")
    return "hookline" if beside.is_absolute() else str(beside)
