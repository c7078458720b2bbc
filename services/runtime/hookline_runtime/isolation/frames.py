"""Frames on a pipe: a header of three numbers (which exchange, bytes of JSON, bytes behind it), the JSON, the bytes.

The service's side never blocks for longer than a deadline; the plugin's side waits for as long as it takes.
"""

import json
import os
import select
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

HEADER = struct.Struct("!III")
MOST = 16 * 1024 * 1024
"""Bytes that an answer may have; more is junk."""
_CHUNK = 1 << 18


class Junk(Exception):
    """What came is no frame."""


class Unsayable(ValueError):
    """What is to be sent is nothing that JSON can say."""


class Frame(NamedTuple):
    """One message."""

    number: int
    message: Any
    tail: bytes = b""


def as_json(message: object) -> bytes:
    """Give the JSON of a message; mappings and sequences of any kind may be in it.

    Raises Unsayable.
    """
    try:
        return _WRITER.encode(message).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise Unsayable(type(error).__name__) from None


def packed(frame: Frame) -> bytes:
    """Give the bytes of a frame.

    Raises Unsayable.
    """
    text = as_json(frame.message)
    return HEADER.pack(frame.number, len(text), len(frame.tail)) + text + frame.tail


def unpacked(number: int, content: bytes, length: int) -> Frame:
    """Read what is behind a header, whose JSON has `length` bytes.

    Raises Junk.
    """
    try:
        return Frame(number, json.loads(content[:length]), content[length:])
    except (ValueError, RecursionError):
        raise Junk("no JSON") from None


class Pipe:
    """The service's side of two pipes; they are its own and set not to block."""

    def __init__(self, readable: int, writable: int) -> None:
        self._readable, self._writable = readable, writable
        os.set_blocking(readable, False)
        os.set_blocking(writable, False)
        self._to_read, self._to_write = select.poll(), select.poll()
        self._to_read.register(readable, select.POLLIN)
        self._to_write.register(writable, select.POLLOUT)

    def send(self, frame: bytes, deadline: float) -> None:
        """Send all of it.

        Raises TimeoutError, and OSError where nobody reads any more.
        """
        left = memoryview(frame)
        while left:
            try:
                left = left[os.write(self._writable, left) :]
            except BlockingIOError:
                _wait(self._to_write, deadline)

    def receive(self, deadline: float) -> Frame:
        """Wait for a frame.

        Raises TimeoutError, EOFError where the other side is gone, and Junk.
        """
        number, text, tail = HEADER.unpack(self._read(HEADER.size, deadline))
        if text + tail > MOST:
            raise Junk("too large")
        return unpacked(number, self._read(text + tail, deadline), text)

    def _read(self, size: int, deadline: float) -> bytes:
        parts = []
        while size:
            try:
                part = os.read(self._readable, min(size, _CHUNK))
            except BlockingIOError:
                _wait(self._to_read, deadline)
                continue
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _wait(poll: select.poll, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000 + 1):
        raise TimeoutError


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


_WRITER = json.JSONEncoder(separators=(",", ":"), default=_plain)
