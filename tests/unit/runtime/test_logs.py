from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog

from hookline_runtime import logs


class Log:
    """A configured log and its lines."""

    def __init__(self, level: logs.Level = "info") -> None:
        self._stream = io.BytesIO()
        logs.configure(level, self._stream)
        self.logger: Any = structlog.get_logger()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    @property
    def line(self) -> dict[str, Any]:
        (only,) = self.lines
        return only


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leaves logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_record_is_one_line_that_starts_with_time_level_and_event() -> None:
    log = Log()
    log.logger.warning("some\nthing", account_id=7)
    assert list(log.line) == ["time", "level", "event", "account_id"]
    assert (log.line["level"], log.line["event"], log.line["account_id"]) == ("warning", "some\nthing", 7)
    assert datetime.fromisoformat(log.line["time"]).utcoffset() is not None


def test_records_below_the_level_are_left_out() -> None:
    log = Log("warning")
    log.logger.info("quiet")
    log.logger.error("loud")
    assert log.line["event"] == "loud"


SECRETS = ["secret", "secrets", "api_key", "api-key", "Authorization", "signature", "service_key", "webhook_signature"]


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_secret_by_its_name_is_dropped(name: str) -> None:
    log = Log()
    log.logger.info("x", kept=1, headers={name: "hunter2", "ok": 1}, list=[{name: "hunter2"}], **{name: "hunter2"})
    assert "hunter2" not in json.dumps(log.lines)
    assert (log.line["kept"], log.line["headers"]) == (1, {"ok": 1})


URLS = [
    ("https://u:p@a.example/b?token=1#f", "https://a.example/b"),
    ("https://a.example?x@y", "https://a.example"),
    ("http://a.example/@b", "http://a.example/@b"),
    ("GET 'https://u:p@a.example/b?t=1', then ftp://x@b/c#d", "GET 'https://a.example/b', then ftp://b/c"),
]


@pytest.mark.parametrize("url, shown", URLS)
def test_urls_lose_user_info_and_query(url: str, shown: str) -> None:
    log = Log()
    log.logger.info(url, url=url, more=[{"url": url}])
    assert (log.line["event"], log.line["url"], log.line["more"]) == (shown, shown, [{"url": shown}])


def test_urls_in_a_traceback_lose_them_too() -> None:
    log = Log()
    log.logger.error("failed", exc_info=ValueError("no answer from https://a.example/b?token=hunter2"))
    assert "https://a.example/b" in log.line["exception"]
    assert "hunter2" not in log.line["exception"]


def test_context_goes_along() -> None:
    log = Log()
    with structlog.contextvars.bound_contextvars(rpc="Publish"):
        log.logger.info("x")
    assert log.line["rpc"] == "Publish"


def test_an_exception_comes_with_its_traceback() -> None:
    log = Log()
    try:
        raise ValueError("oops")
    except ValueError:
        log.logger.exception("failed")
    assert "ValueError: oops" in log.line["exception"]


def test_what_json_does_not_know_is_written_as_text() -> None:
    log = Log()
    log.logger.info("x", value=b"\xff", map={1: {2}})
    assert log.line["map"] == {"1": "{2}"}


@pytest.mark.parametrize("level, shown", [(logging.WARNING, "warning"), (35, "warning"), (99, "critical")])
def test_the_standard_module_comes_out_the_same_way(level: int, shown: str) -> None:
    log = Log()
    logging.getLogger("some.library").log(level, "said %s", "so")
    assert (log.line["level"], log.line["event"], log.line["logger"]) == (shown, "said so", "some.library")


def test_libraries_are_heard_from_warnings_on() -> None:
    log = Log("debug")
    logging.getLogger("some.library").info("chatter")
    assert log.lines == []


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - a device, not a file
        logs.configure("info", full)
        structlog.get_logger().error("nobody hears this")
        logging.getLogger("library").error("nor this")
