"""One service as a child process: started, watched, started again, stopped."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping

from hookline_cli.failure import CliError
from hookline_cli.up.logs import ChildLog
from hookline_cli.up.restart import GiveUp, RestartPolicy
from hookline_runtime.process import PARENT_PIPE


class Child:
    """A process that is meant to live for as long as `watch` runs.

    It is given one end of a pipe whose other end this process keeps open without a word: when that closes, however this
    process ended, the child ends too (HOOKLINE_PARENT_PIPE).
    It stands in a process group of its own, so that Ctrl-C reaches the parent alone, which then stops it in order.
    """

    def __init__(
        self,
        name: str,
        module: str,
        environment: Mapping[str, str],
        log: ChildLog,
        on_death: Callable[[str, int, float], None] = lambda name, status, pause: None,
    ) -> None:
        self.name = name
        self.restarts = 0
        self.log = log
        self._command = (sys.executable, "-m", module)
        self._environment = dict(environment)
        self._on_death = on_death
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._pipe: tuple[int, ...] = os.pipe()

    @property
    def alive(self) -> bool:
        """Whether the process runs at this moment."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The id of the process that runs or ran last."""
        return self._process.pid if self._process else None

    async def watch(self) -> None:
        """Runs the process again and again until `stop`; raises CliError when it dies too often."""
        policy = RestartPolicy()
        while not self._stopping.is_set():
            began = time.monotonic()
            status = await self._run_once()
            if self._stopping.is_set():
                return
            verdict = policy.after_death(time.monotonic() - began)
            if isinstance(verdict, GiveUp):
                raise CliError(
                    f"the {self.name} died {verdict.deaths} times in a row, the last time {ending(status)};"
                    " its log ends with:",
                    *self.log.last_lines(),
                )
            self._on_death(self.name, status, verdict.pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), verdict.pause)
                return
            self.restarts += 1

    async def _run_once(self) -> int:
        out = self.log.open()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=asyncio.subprocess.STDOUT,
                env={**self._environment, PARENT_PIPE: str(self._pipe[0])},
                pass_fds=(self._pipe[0],),
                process_group=0,
            )
        finally:
            if not isinstance(out, int):
                out.close()
        self.log.follow(self._process.stdout)
        if self._stopping.is_set():
            self.signal(signal.SIGTERM)
        return await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal, if the process runs."""
        if self.alive and self._process is not None:
            self._process.send_signal(number)

    async def stop(self, seconds: float) -> bool:
        """Asks the process to drain and end, kills what is left after the time; whether it ended by itself."""
        self._stopping.set()
        if self._process is None or not self.alive:
            return True
        self.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
            return False
        return True

    def close(self) -> None:
        """Lets go of the pipe, after the process has ended."""
        pipe, self._pipe = self._pipe, ()
        for end in pipe:
            os.close(end)

    def kill(self) -> None:
        """Ends the process and what it started, at once."""
        self._stopping.set()
        if self.alive and self._process is not None:
            # It may have ended this very moment, which the event loop is told a little later.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status < 0:
        return f"by signal {signal.Signals(-status).name}"
    return f"with exit status {status}"
