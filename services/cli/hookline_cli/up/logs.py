"""Where the output of a child goes: a file that never grows without bound, or standard error with a prefix."""

import asyncio
import os
import sys
from collections import deque
from pathlib import Path
from typing import IO, Protocol

MAX_LOG_BYTES = 10 << 20
_LAST_LINES = 20


class ChildLog(Protocol):
    """What a child process writes to."""

    def open(self) -> IO[bytes] | int:
        """What to give the child as standard output and error."""
        ...

    def follow(self, stream: asyncio.StreamReader | None) -> None:
        """Takes the child's output where open() answered PIPE."""
        ...

    def trim(self) -> None:
        """Keeps the size in bounds; called now and then."""
        ...

    def last_lines(self) -> list[str]:
        """The end of the log."""
        ...


class FileLog:
    """A file that children append to by themselves; over MAX_LOG_BYTES it is copied to `.1` and emptied.

    A few lines written between copy and emptying may be lost; the child needs no signal to open it anew.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self) -> IO[bytes]:
        """A handle that appends; the caller closes it once the child has it."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._file.open("ab")

    def follow(self, stream: asyncio.StreamReader | None) -> None:
        """Nothing: the child writes the file itself."""

    def trim(self) -> None:
        """Empties the file when it is over the limit, keeping the old content beside it."""
        if self._file.exists() and self._file.stat().st_size > MAX_LOG_BYTES:
            self._file.with_name(self._file.name + ".1").write_bytes(self._file.read_bytes())
            os.truncate(self._file, 0)

    def last_lines(self) -> list[str]:
        """The end of the file."""
        if not self._file.exists():
            return []
        with self._file.open("rb") as handle:
            handle.seek(max(0, self._file.stat().st_size - 16384))
            return handle.read().decode("utf-8", "replace").splitlines()[-_LAST_LINES:]


class PrefixedLog:
    """Passes every line on to standard error with the child's name before it, and keeps the last ones."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> int:
        """A pipe."""
        return asyncio.subprocess.PIPE

    def follow(self, stream: asyncio.StreamReader | None) -> None:
        """Reads the pipe until the child closes it."""
        if stream is not None:
            task = asyncio.create_task(self._pass_on(stream))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def trim(self) -> None:
        """Nothing: nothing is kept but the last lines."""

    def last_lines(self) -> list[str]:
        """The last lines."""
        return list(self._last)

    async def _pass_on(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(1 << 16):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                text = line.decode("utf-8", "replace")
                self._last.append(text)
                sys.stderr.write(f"{self._name:10} {text}\n")
            sys.stderr.flush()
