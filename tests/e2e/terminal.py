"""A command on a real terminal: a pseudo-terminal of a given size, its keys, what it shows, and how it ends."""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CTRL_C = b"\x03"
SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"
PATIENCE = 90.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """One command, the only one of its terminal's session."""

    def __init__(self, words: tuple[str, ...], columns: int, environment: Mapping[str, str]) -> None:
        self._keyboard, self._screen = os.openpty()
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._settings = termios.tcgetattr(self._screen)
        self.raw = b""
        # The terminal must be the session's own, so that Ctrl-C and hanging up reach it: a small program sees to that.
        begin = (
            "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
        )
        self.process = subprocess.Popen(
            (sys.executable, "-S", "-c", begin, sys.executable, "-m", "hookline_cli", *words),
            stdin=self._screen,
            stdout=self._screen,
            stderr=self._screen,
            cwd=ROOT,
            env={**environment, "TERM": "xterm-256color"},
            start_new_session=True,
        )

    def begun(self) -> None:
        """Waits until the command is past the beginning of Python itself, which may lose a Ctrl-C."""
        deadline = time.monotonic() + PATIENCE
        while "cygrpc" not in Path(f"/proc/{self.process.pid}/maps").read_text():
            assert time.monotonic() < deadline
            self.read(0.01)

    @property
    def text(self) -> str:
        """All that was written so far, without colours and movements."""
        return _ESCAPES.sub("", self.raw.decode("utf-8", "replace")).replace("\r", "")

    @property
    def cursor_is_shown(self) -> bool:
        """Whether the cursor was not left hidden."""
        written = self.raw.decode("utf-8", "replace")
        return written.rfind(SHOW_CURSOR) >= written.rfind(HIDE_CURSOR)

    @property
    def is_as_before(self) -> bool:
        """Whether echo, line mode and the like are what they were."""
        return termios.tcgetattr(self._screen) == self._settings

    def read(self, seconds: float = 0.05) -> None:
        """Takes what was written within the time."""
        ready, _, _ = select.select([self._keyboard], [], [], seconds)
        if ready:
            self.raw += os.read(self._keyboard, 1 << 16)

    def until(self, words: str, times: int = 1) -> None:
        """Waits until words were shown so often."""
        deadline = time.monotonic() + PATIENCE
        while self.text.count(words) < times:
            ended = self.process.poll() is not None
            self.read()
            assert not ended or words in self.text, self.text
            assert time.monotonic() < deadline, self.text

    def press(self, key: bytes) -> None:
        """Presses a key."""
        os.write(self._keyboard, key)

    def hang_up(self) -> None:
        """Closes the terminal as a window is closed."""
        for each in (self._screen, self._keyboard):
            os.close(each)
        self._keyboard = self._screen = -1

    def ended(self) -> int:
        """The exit status, once the command has ended."""
        if self._keyboard < 0:
            return self.process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.text
            self.read()
        while select.select([self._keyboard], [], [], 0)[0]:
            self.read(0)
        return self.process.returncode

    def close(self) -> None:
        """Ends what is left."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        if self._keyboard >= 0:
            self.hang_up()


@contextmanager
def terminal(*words: str, columns: int = 80, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """`hookline` with these words on a terminal of so many columns."""
    opened = Terminal(words, columns, environment)
    try:
        yield opened
    finally:
        opened.close()


def processes_of(data: Path) -> list[str]:
    """The command lines of the processes that work on a folder."""
    found: list[str] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(data) in command + environment:
            found.append(command.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found
