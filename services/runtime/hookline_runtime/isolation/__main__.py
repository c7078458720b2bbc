"""The process of one plugin: `python -m hookline_runtime.isolation`, started by the service with two pipes.

Standard input and output are the pipes; before anything of a plugin runs, both are taken out of its reach, and what it
prints goes nowhere. The process ends where nobody asks any more.
"""

import os
import signal
import sys
from typing import Any

from hookline_runtime.isolation.frames import HEADER, Frame, Unsayable, packed, unpacked
from hookline_runtime.isolation.serving import Server, frame_of


class _Ends:
    """The plugin's ends of the pipes."""

    def __init__(self, readable: int, writable: int) -> None:
        self._readable, self._writable = readable, writable
        self.number = 0

    def read(self) -> Frame:
        number, text, tail = HEADER.unpack(self._exactly(HEADER.size))
        return unpacked(number, self._exactly(text + tail), text)

    def write(self, frame: Frame) -> None:
        try:
            content = packed(frame)
        except Unsayable as error:
            content = packed(Frame(frame.number, ["raised", str(error)]))
        left = memoryview(content)
        while left:
            left = left[os.write(self._writable, left) :]

    def call(self, question: list[Any]) -> Any:
        """Ask the asker something."""
        self.write(Frame(self.number, question))
        return self.read().message

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = os.read(self._readable, min(size - len(parts), 1 << 18))
            if not part:
                os._exit(0)
            parts += part
        return bytes(parts)


def main() -> None:
    """Serve until nobody asks any more."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    ends = _Ends(os.dup(0), os.dup(1))
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    server = Server(ends.call)
    while True:
        frame = ends.read()
        ends.number = frame.number
        match frame.message:
            case ["begin", list(path), int(megabytes), int() | float() as seconds]:
                sys.path[:] = path
                _limit(megabytes)
                server.seconds = seconds
                answer: Any = ["ok", None], b""
            case question:
                answer = server.answer(question)
        ends.write(frame_of(frame.number, answer))


def _limit(megabytes: int) -> None:
    """Hold memory, where the platform can, and write no image of what crashes."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    except (ImportError, OSError, ValueError):
        return


if __name__ == "__main__":
    main()
