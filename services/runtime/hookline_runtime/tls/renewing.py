"""What is read from files, and read again once they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from hookline_runtime.tls.files import TlsUnusable

T = TypeVar("T")
_Stamp = tuple[int, int, int] | None

_log = structlog.get_logger(__name__)


class Renewing(Generic[T]):
    """What ``read`` made of ``files`` the last time that it could; ``look`` may be called from any thread.

    Raises:
        TlsUnusable: it cannot be read the first time.
    """

    def __init__(self, files: Sequence[Path], read: Callable[[], T]) -> None:
        self._files = tuple(files)
        self._read = read
        self._lock = threading.Lock()
        self._seen = self._stamps()  # before reading: what changes meanwhile is read again
        self.current = read()

    def look(self) -> bool:
        """Reads again if a file is another than the last time; whether ``current`` is new."""
        with self._lock:
            stamps = self._stamps()
            if stamps == self._seen:
                return False
            self._seen = stamps
            try:
                self.current = self._read()
            except TlsUnusable as error:
                _log.error("certificates could not be renewed, the old ones are kept", reason=str(error))
                return False
            _log.info("certificates renewed", files=[str(each) for each in self._files])
            return True

    def _stamps(self) -> list[_Stamp]:
        return [_stamp(each) for each in self._files]


def _stamp(file: Path) -> _Stamp:
    """What tells one content of a file from the next; links are followed, so that one that is moved on counts."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
