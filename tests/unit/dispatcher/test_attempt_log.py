import structlog

from hookline_dispatcher.attempt_log import AttemptLog
from hookline_dispatcher.core.retry import Delivered, Outcome
from hookline_dispatcher.store.model import AttemptRecord

from .samples import NOW, claim

RECORD = AttemptRecord(
    Outcome.DELIVERED,
    NOW,
    latency=1500,
    status_code=200,
    url="http://r.example/hook?token=hunter2",
    request_headers=b"authorization: hunter2\r\n",
    request_body=b"hunter2",
    response_body=b"hunter2",
)


def test_a_line_finds_the_attempt_and_tells_no_secret() -> None:
    with structlog.testing.capture_logs() as lines:
        AttemptLog(enabled=True).attempt(claim(), "r.example", RECORD, Delivered())
    (line,) = lines
    assert line == {
        "event": "attempt",
        "log_level": "info",
        "delivery_id": 100,
        "account_id": 7,
        "target": "1/3",
        "number": 1,
        "host": "r.example",
        "outcome": "delivered",
        "status_code": 200,
        "latency_ms": 1.5,
        "follows": "Delivered",
    }


def test_says_nothing_above_its_level() -> None:
    with structlog.testing.capture_logs() as lines:
        AttemptLog(enabled=False).attempt(claim(), "r.example", RECORD, Delivered())
    assert not lines
