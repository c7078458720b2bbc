"""The suite: the children, the metrics page, and the order in which they begin and end."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

from hookline_cli.failure import CliError
from hookline_cli.up.child import Child, ending
from hookline_cli.up.egress import ALLOW, with_bins
from hookline_cli.up.layout import SERVICES, Layout, environment, kept_keys, module_of
from hookline_cli.up.logs import ChildLog, FileLog, PrefixedLog
from hookline_cli.up.metrics_page import MetricsPage
from hookline_cli.up.readiness import until_serving
from hookline_cli.up.readiness_by_http import until_heard, until_serving_http
from hookline_cli.up.sealing import with_sealing_key

START_SECONDS = 60.0
DRAIN_SECONDS = 75.0
_START_DRAIN_SECONDS = 5.0
_TRIM_SECONDS = 10.0


class Suite:
    """All services as children, from enter (they are ready) to exit (they have drained and ended).

    note is called with what a person should know, such as a child that died and was started again.
    """

    def __init__(
        self, layout: Layout, *, verbose: bool = False, note: Callable[[str], None], egress_allow: str | None = None
    ) -> None:
        self.layout = layout
        self._note = note
        base = dict(os.environ)
        if egress_allow is not None:
            base[ALLOW] = egress_allow
        base = with_sealing_key(with_bins(base, layout.http), layout.sealing_file)
        keys = kept_keys(layout.data)
        self._children = [
            Child(
                name,
                module_of(name),
                environment(layout, name, keys, base),
                PrefixedLog(name) if verbose else FileLog(layout.log_file(name)),
                self._tell_death,
            )
            for name in SERVICES
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._page = MetricsPage(layout, self._children)

    async def __aenter__(self) -> "Suite":
        await self._page.__aenter__()
        self._tasks = [asyncio.create_task(_trim([child.log for child in self._children]))]
        try:
            await self._start()
        except BaseException:
            await self._end_or_kill(_START_DRAIN_SECONDS)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end_or_kill(DRAIN_SECONDS)

    async def failure(self) -> None:
        """Waits for ever, or raises the CliError of a child that cannot be kept alive."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def _start(self) -> None:
        began = time.monotonic()
        # One after the other at first: a dispatcher that has never reached the registry knows no key. Later all at
        # once: it delivers by what it knows, so that what waits goes on while the registry still starts.
        groups = [self._children] if self.layout.queue_file.exists() else [[child] for child in self._children]
        for group in groups:
            self._tasks += [asyncio.create_task(child.watch()) for child in group]
            for child in group:
                await self._until_ready(child, self._serving(child))
        believed = self.layout.encryption.http(self.layout.encryption.services)
        dispatcher = next(child for child in self._children if child.name == "dispatcher")
        await self._until_ready(dispatcher, until_heard(self.layout.metrics_url("dispatcher"), began, believed))

    def _serving(self, child: Child) -> Coroutine[Any, Any, None]:
        encryption = self.layout.encryption
        if child.name == "gateway":
            return until_serving_http(self.layout.http_url, encryption.http(encryption.gateway))
        return until_serving(self.layout.grpc_address(child.name), encryption.rpc())

    async def _until_ready(self, child: Child, waited_for: Coroutine[Any, Any, None]) -> None:
        ready = asyncio.create_task(waited_for)
        failure = asyncio.create_task(self.failure())
        try:
            done, _ = await asyncio.wait({ready, failure}, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if failure in done:
                failure.result()
            if ready not in done:
                raise CliError(f"the {child.name} was not ready within {START_SECONDS:g} s", *child.log.last_lines())
        finally:
            ready.cancel()
            failure.cancel()
            await asyncio.gather(ready, failure, return_exceptions=True)

    async def _end_or_kill(self, seconds: float) -> None:
        """Lets the children drain for so long; being cancelled meanwhile ends them at once."""
        try:
            await self._end(seconds)
        except asyncio.CancelledError:
            self._note("not waiting any longer")
            for child in self._children:
                child.kill()
            await self._end(1.0)
            raise

    async def _end(self, seconds: float) -> None:
        # The gateway first, then the dispatcher: while each drains, what it needs still answers.
        for child in reversed(self._children):
            if not await child.stop(seconds):
                self._note(f"the {child.name} did not end within {seconds:g} s and was killed")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in self._children:
            child.close()
        await self._page.__aexit__(None, None, None)

    def _tell_death(self, name: str, status: int, pause: float) -> None:
        self._note(f"the {name} ended {ending(status)}; it starts again in {pause:.1f} s")


async def _trim(logs: list[ChildLog]) -> None:
    while True:
        for log in logs:
            # A disk that is full must not take the services down with it.
            with contextlib.suppress(OSError):
                await asyncio.to_thread(log.trim)
        await asyncio.sleep(_TRIM_SECONDS)
