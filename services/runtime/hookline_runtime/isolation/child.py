"""A plugin's process as the service sees it: started, asked one thing at a time, killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from hookline_runtime.isolation.frames import Frame, Junk, Pipe, packed
from hookline_runtime.isolation.limits import Limits

_PASSED_ON = (
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONHOME",
)
"""Of the environment: nothing that may be a secret."""
_PROGRAM = ("-P", "-m", "hookline_runtime.isolation")
_END_SECONDS = 5.0
_ENDING_SECONDS = 0.5
"""How long a process that has closed its pipe may take to end."""

Answers = Callable[[list[Any]], Any]
"""What answers the questions that a plugin asks back."""


class Lost(Exception):
    """The process is of no more use; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def nobody(question: list[Any]) -> Any:
    """Answer no question."""
    raise Junk("nothing was to be asked")


class Child:
    """A process that runs. It is killed once it hangs, ends, or says what cannot be read: each raises Lost."""

    def __init__(self, limits: Limits) -> None:
        self._number = 0
        self._killed = False
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter, and a module of ours
            [sys.executable, *_PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            bufsize=0,
            # A signal to the service's group is the service's, and whatever the plugin starts ends with it.
            start_new_session=True,
        )
        assert self._process.stdin, "it is a pipe"
        assert self._process.stdout, "it is a pipe"
        self._pipe = Pipe(self._process.stdout.fileno(), self._process.stdin.fileno())
        longest = max(limits.import_seconds, limits.check_seconds)
        self.ask(["begin", sys.path, limits.megabytes, 2 * longest + 1], limits.import_seconds)

    def ask(self, question: list[Any], seconds: float, answers: Answers = nobody) -> tuple[list[Any], bytes]:
        """Give what it answers, with the bytes behind it.

        Raises Lost, and Unsayable for a question that JSON cannot say, which is not asked.
        """
        self._number += 1
        number = self._number % 2**32
        content = packed(Frame(number, question))
        deadline = time.monotonic() + seconds
        try:
            self._pipe.send(content, deadline)
            while True:
                frame = self._pipe.receive(deadline)
                match frame:
                    case Frame(n, [("find" | "nearest"), str()] as asked, b"") if n == number:
                        self._pipe.send(packed(Frame(number, answers(asked))), deadline)
                    case Frame(n, [str(), *_], _) if n == number:
                        return frame.message, frame.tail
                    case _:
                        raise Junk("no answer")
        except TimeoutError:
            self.kill()
            raise Lost(f"did not answer within {seconds:g} s") from None
        except Junk:
            self.kill()
            raise Lost("answered what cannot be read") from None
        except (EOFError, OSError):
            raise Lost(self._ending()) from None

    def ended(self) -> str:
        """Say how it has ended while nobody asked it; empty: it runs."""
        return "" if self._process.poll() is None else self._ending()

    def stop(self) -> None:
        """Have whoever asks it find that it is gone; `kill` is for whoever has the turn."""
        if not self._killed:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End it and whatever it started; it may have ended already."""
        if self._killed:
            return
        self.stop()
        self._killed = True
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._wait(_END_SECONDS)

    def _ending(self) -> str:
        """Say how it ended; one that only closed its pipe is killed."""
        self._wait(_ENDING_SECONDS)
        status = self._process.returncode
        self.kill()
        if status is None:
            return "stopped answering"
        return f"was ended by signal {-status}" if status < 0 else f"ended by itself, with status {status}"

    def _wait(self, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
