import io
import json

from hookline_dispatcher.core.retry import Delivered, Outcome
from hookline_dispatcher.delivery.attempt_log import AttemptLog
from hookline_dispatcher.sender.model import Refusal
from hookline_dispatcher.store.model import AttemptRecord
from hookline_runtime.logs import PlainLines

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
    stream = io.BytesIO()
    AttemptLog(PlainLines("info", stream)).attempt(claim(), "r.example", RECORD, Delivered())
    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "attempt",
        "level": "info",
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


def test_the_operator_reads_which_address_was_refused_and_why() -> None:
    stream = io.BytesIO()
    refusal = Refusal("10.0.0.1", "private")
    AttemptLog(PlainLines("info", stream)).attempt(claim(), "r.example", RECORD, Delivered(), refusal)
    line = json.loads(stream.getvalue())
    assert (line["host"], line["refused_address"], line["refused_as"]) == ("r.example", "10.0.0.1", "private")


def test_a_test_has_a_line_too_and_is_of_no_delivery() -> None:
    stream = io.BytesIO()
    AttemptLog(PlainLines("info", stream)).test(claim().target, "r.example", RECORD)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["delivery_id"], line["number"], line["follows"]) == ("attempt", 0, 1, "Test")
    assert (line["target"], line["host"], line["outcome"]) == ("1/3", "r.example", "delivered")
    assert b"hunter2" not in stream.getvalue()


def test_says_nothing_without_lines_to_write() -> None:
    AttemptLog(None).attempt(claim(), "r.example", RECORD, Delivered())
    AttemptLog(None).test(claim().target, "r.example", RECORD)
