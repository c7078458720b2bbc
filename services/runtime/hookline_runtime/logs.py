"""Logs: one JSON object per line on standard error, with ``time``, ``level`` and ``event`` first of all.

What is secret by its name is dropped, and URLs lose user info, query and fragment, wherever they
stand in a record, tracebacks included. Libraries that log by the standard module come out the same way.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, cast

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
LEVELS: dict[Level, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}

_SECRET = re.compile(r"secret|api[-_]?key|service[-_]?key|authorization|signature|password|cookie", re.IGNORECASE)
_URL = re.compile(r"""([a-z][a-z0-9+.-]*://)(?:[^\s/?#@'"]*@)?([^\s?#'"]*)(?:[?#][^\s'"]*)?""", re.IGNORECASE)


def configure(level: Level = "info", stream: BinaryIO | None = None) -> None:
    """Sets up logging for the whole process; ``stream`` is standard error unless given."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            _without_secrets,
            structlog.processors.JSONRenderer(serializer=_dump),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", _Lossy(stream or sys.stderr.buffer))),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forward()]
    root.setLevel(max(LEVELS[level], logging.WARNING))


class PlainLines:
    """Writes records whose every value is known to be harmless, past the processors: a tenth of their cost.

    For what is logged thousands of times a second; make it after ``configure``.
    """

    def __init__(self, level: Level, stream: BinaryIO | None = None) -> None:
        self._level = level
        self._stream = _Lossy(stream or sys.stderr.buffer)

    def write(self, event: str, **values: str | int | float) -> None:
        """Writes one line; no value may hold anything secret or of a stranger's."""
        record = {"time": datetime.now(UTC), "level": self._level, "event": event, **values}
        self._stream.write(orjson.dumps(record, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE))
        self._stream.flush()


class _Lossy:
    """A stream that drops what cannot be written: a full disk under the log must not stop the service."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, line: bytes) -> int:
        """Writes what it can."""
        with contextlib.suppress(OSError):
            return self._stream.write(line)
        return len(line)

    def flush(self) -> None:
        """Flushes what it can."""
        with contextlib.suppress(OSError):
            self._stream.flush()


class _Forward(logging.Handler):
    """Hands the records of the standard module on."""

    def emit(self, record: logging.LogRecord) -> None:
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        try:
            text = record.getMessage()
            structlog.get_logger().log(level, text, logger=record.name, exc_info=record.exc_info)
        except Exception:
            self.handleError(record)


def _without_secrets(logger: WrappedLogger, method: str, record: EventDict) -> EventDict:
    return {key: _clean(value) for key, value in record.items() if not _SECRET.search(key)}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _URL.sub(r"\1\2", value) if "://" in value else value
    if isinstance(value, dict):
        return {k: _clean(v) for k, v in value.items() if not _SECRET.search(str(k))}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


def _dump(record: EventDict, **_: Any) -> bytes:
    first = {key: record.pop(key, None) for key in ("time", "level", "event")}
    return orjson.dumps({**first, **record}, default=str, option=orjson.OPT_NON_STR_KEYS)
