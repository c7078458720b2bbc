"""Header blocks as the log keeps them: ``name: value`` lines with CRLF, names in lower case, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version

USER_AGENT = f"Hookline/{version('hookline-dispatcher')} (+webhooks)"
MASK = b"***"
MOST_BYTES = 16 * 1024
_CUT = b"...\r\n"
"""The last line of a block that was cut; no header's, which all have a colon."""

Header = tuple[bytes, bytes]

_COOKIE = b"set-cookie"
"""Opens a session at the receiver: nobody who reads the log is to have it."""

_SECRET = re.compile(rb"auth|cookie|credential|key|pass|secret|session|signature|token")


def sent_block(headers: Iterable[Header]) -> bytes:
    """A block of headers that are sent; of one whose name tells of a secret, the value is masked."""
    lowered = ((name.lower(), value) for name, value in headers)
    return b"".join(b"%s: %s\r\n" % (name, MASK if _SECRET.search(name) else value) for name, value in lowered)


def received_block(headers: Iterable[Header], *, cut: bool = False) -> bytes:
    """A block of headers that were received, as they came but for cookies, cut at 16 KiB after a whole header.

    It is marked as cut where it is, or they were before.
    """
    size, lines = 0, []
    for name, value in headers:
        cookie = len(name) == len(_COOKIE) and name.lower() == _COOKIE
        line = b"%s: %s\r\n" % (name, MASK if cookie else value)
        size += len(line)
        if size > MOST_BYTES:
            cut = True
            break
        lines.append(line)
    if cut:
        lines.append(_CUT)
    return b"".join(lines)


def is_cut(block: bytes) -> bool:
    """Whether a block of headers is marked as cut."""
    return block == _CUT or block.endswith(b"\r\n" + _CUT)


def read_block(block: bytes) -> Iterator[tuple[str, str]]:
    """The headers of a block, in order; bytes that are not UTF-8 are read as Latin-1."""
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = block.decode("latin-1")
    for line in text.split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            yield name, value.removeprefix(" ")
