"""One `hookline up` per folder, held by a lock that the kernel gives back whatever happens."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hookline_cli.failure import CliError

_FILE_NAME = "up.lock"


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Holds the folder; raises CliError naming the process that holds it already."""
    descriptor = os.open(data / _FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise CliError(
                f"`hookline up` or a demo runs on {data} already (process {holder}):"
                " end it first, or take another folder with --data"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
