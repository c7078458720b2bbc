"""A plugin that runs apart: whoever asks it waits for his turn, and for the answer no longer than its bound.

May be used from any thread; nothing here may be called on an event loop but `run`, `problem` and `counts`. `run` does
the asking in a thread of the plugin's own, so that one plugin that is slow holds up nobody who asks another.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from hookline_runtime.isolation.breaker import Breaker
from hookline_runtime.isolation.child import Answers, Child, Lost, nobody
from hookline_runtime.isolation.limits import Limits
from hookline_runtime.isolation.trouble import PluginAway, PluginFailed, PluginStopped

T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """What became of calls, and of the process, since the start."""

    answered: int = 0
    raised: int = 0
    stopped: int = 0
    """Calls at which the process hung or ended."""
    away: int = 0
    """Calls that were not asked."""
    kills: int = 0
    """Times that the process was killed, or found ended."""
    restarts: int = 0


class Turn:
    """The turn of one caller: its questions are asked one after the other within one bound."""

    def __init__(self, child: Child, seconds: float) -> None:
        self._child = child
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def ask(self, question: list[Any], answers: Answers = nobody) -> tuple[list[Any], bytes]:
        """Give the answer and the bytes behind it.

        Raises Lost, and Unsayable for a question that cannot be asked.
        """
        left = self._deadline - time.monotonic()
        try:
            return self._child.ask(question, max(left, 0.001), answers)
        except Lost as lost:
            if "did not answer" in lost.words:  # of the whole turn, not of what was left of it
                raise Lost(f"did not answer within {self._seconds:g} s") from None
            raise


class Apart:
    """One plugin in a process of its own."""

    def __init__(self, name: str, value: str, limits: Limits) -> None:
        """`name` and `value` are those of the plugin's entry point."""
        self.name = name
        self.limits = limits
        self.counts = Counts()
        self._question = ["load", name, value]
        self._described: list[Any] | None = None
        self._child: Child | None = None
        self._breaker = Breaker()
        self._words = "has not been started"
        self._turn = threading.Lock()
        self._state = threading.Lock()
        self._closed = False
        self._timer: threading.Timer | None = None
        self._threads = ThreadPoolExecutor(1, f"plugin-{name}")

    def load(self) -> list[Any]:
        """Start the process, and give what the plugin says that it registers.

        Raises PluginStopped where it hangs, ends or cannot be started; it is not started again then.
        """
        try:
            child, self._described = self._started()
        except Lost as lost:
            raise PluginStopped(self.name, lost.words) from None
        self._child = child
        return self._described

    @property
    def problem(self) -> str:
        """Why it is not asked at the moment, empty where it is."""
        return "" if self._child is not None else f"is not asked at the moment: it {self._words}"

    @property
    def up(self) -> bool:
        """Whether its process is there to be asked."""
        return self._child is not None

    @contextmanager
    def turn(self, seconds: float) -> Iterator[Turn]:
        """Ask questions within so many seconds; blocks for longer only by its patience.

        Raises PluginAway where it cannot be asked, PluginStopped where it is of no more use.
        """
        if not self._turn.acquire(timeout=self.limits.patience):
            raise self._away("is busy")
        try:
            child = self._child
            if child is not None and (how := child.ended()):
                # Nobody's question did that.
                self._lose(child, how)
                child = None
            if child is None:
                raise self._away(self.problem)
            try:
                yield Turn(child, seconds)
            except Lost as lost:
                self.counts.stopped += 1
                self._lose(child, lost.words)
                raise PluginStopped(self.name, lost.words) from None
        finally:
            self._turn.release()

    async def run(self, work: Callable[[], T]) -> T:
        """Do what asks this plugin, in its thread; what waits there for longer than its patience is not done.

        Raises PluginAway, and what `work` raises.
        """
        asked = time.monotonic()

        def timely() -> T:
            if time.monotonic() - asked > self.limits.patience:
                raise self._away("is busy")
            return work()

        try:
            future = self._threads.submit(timely)
        except RuntimeError:
            raise self._away("is stopped") from None
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if future.cancelled() and task is not None and not task.cancelling():
                raise self._away("is stopped") from None
            raise

    def failed(self, kind: str) -> PluginFailed:
        """Take note that it raised something of that name, and give the error that says so."""
        self.counts.raised += 1
        kind = kind if kind.isidentifier() else "an error"
        return PluginFailed(self.name, f"failed with {kind}")

    def junk(self) -> PluginFailed:
        """Take note that it answered what cannot be used."""
        self.counts.raised += 1
        return PluginFailed(self.name, "answered what cannot be used")

    def close(self) -> None:
        """End the process for good."""
        with self._state:
            self._closed = True
            self._words = "is stopped"
            child, self._child = self._child, None
            timer = self._timer
        if timer is not None:
            timer.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if child is not None:
            child.stop()
            # Whoever has the turn finds out at once; only then may its pipes be closed.
            with self._turn:
                child.kill()

    def _away(self, words: str) -> PluginAway:
        self.counts.away += 1
        return PluginAway(self.name, words, max(1.0, self._breaker.left(time.monotonic())))

    def _started(self) -> tuple[Child, list[Any]]:
        try:
            child = Child(self.limits)
        except OSError:
            raise Lost("could not be started") from None
        answer, _ = child.ask(self._question, self.limits.import_seconds)
        match answer:
            case ["ok", list(described)]:
                return child, described
            case _:
                child.kill()
                raise Lost("answered what cannot be read")

    def _lose(self, child: Child, words: str) -> None:
        child.kill()
        with self._state:
            if self._child is child:
                self._child = None
        self._pause(words)

    def _pause(self, words: str) -> None:
        """Have it started again after a pause."""
        with self._state:
            if self._closed:
                return
            self.counts.kills += 1
            self._words = words
            self._breaker = self._breaker.struck(time.monotonic())
            self._timer = threading.Timer(self._breaker.pause, self._revive)
            self._timer.daemon = True
            self._timer.start()

    def _revive(self) -> None:
        try:
            child, described = self._started()
        except Lost as lost:
            self._pause(lost.words)
            return
        if described != self._described:
            child.kill()
            self._pause("registers something else than at first")
            return
        with self._state:
            kept = not self._closed
            if kept:
                self._child = child
                self.counts.restarts += 1
        if not kept:
            child.kill()


def end_all(aparts: list[Apart]) -> None:
    """End the processes of plugins that nobody has any more."""
    for each in aparts:
        with contextlib.suppress(Exception):
            each.close()
