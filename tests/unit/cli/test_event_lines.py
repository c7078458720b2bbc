import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_cli.demo.firing import FORM_NUMBER
from hookline_cli.event_lines import BadLine, data_bytes, parse_line

EXAMPLES = Path(__file__).parents[3] / "examples"
SAMPLE = EXAMPLES / "events.jsonl"
GOOD: dict[str, Any] = {"type": "sub_tag", "object_id": "8"}


def test_every_field_arrives() -> None:
    event = parse_line(
        json.dumps(
            {
                "id": "e1",
                "account_id": 3,
                "type": "sub_tag",
                "params": {"tag_id": 4},
                "object_type_id": 149,
                "object_id": 8,
                "object_version": 2,
                "data": {"firstname": "Zoë", "owner": {"id": "2"}},
                "changed_fields": ["firstname"],
                "tags": ["4", 5],
                "occurred_time": "2026-03-01T09:30:00.5+01:00",
                "ordering_key": "k",
            }
        ).encode()
    )
    assert (event.id, event.account_id, event.type, dict(event.params)) == ("e1", 3, "sub_tag", {"tag_id": "4"})
    assert (event.object_type_id, event.object_id, event.object_version) == (149, "8", 2)
    assert event.data == '{"firstname":"Zoë","owner":{"id":"2"}}'.encode()
    assert (list(event.changed_fields), list(event.tags), event.ordering_key) == (["firstname"], ["4", "5"], "k")
    assert event.occurred_time.ToJsonString() == "2026-03-01T08:30:00.500Z"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "line: is not JSON"),
        (b"[1]", "line: is not a JSON object"),
        (b"\xff", "line: is not UTF-8"),
        (b'{"a":', "line: is not JSON"),
        (b"[" * 100_000, "line: is nested too deep"),
        (b'{"data":{"a":NaN}}', "line: NaN is not JSON"),
        (b'{"data":{"a":1e999}}', "data: holds a number that is out of range"),
        (b'{"data":{"a":"\\ud800"}}', "data: holds half of a surrogate pair"),
        (b'{"data":[1]}', "data: is not a JSON object"),
        (b'{"tpye":"sub_tag"}', "tpye: is not a field of an event"),
        (b'{"type":1.5}', "type: is not a string"),
        (b'{"type":true}', "type: is not a string"),
        (b'{"type":"sub_tag"}', "object_id: is required"),
        (b'{"object_id":"8"}', "type: is required"),
        (b'{"object_type_id":"x"}', "object_type_id: is not a whole number"),
        (b'{"object_type_id":3000000000}', "object_type_id: is out of range"),
        (b'{"params":["a"]}', "params: is not a JSON object"),
        (b'{"params":{"a":[]}}', "params.a: is not a string"),
        (b'{"tags":"4"}', "tags: is not a list of strings"),
        (b'{"tags":[null]}', "tags: is not a list of strings"),
        (b'{"occurred_time":"yesterday"}', "occurred_time: is not a time of RFC 3339"),
        (b'{"occurred_time":5}', "occurred_time: is not a time of RFC 3339"),
        (b'{"a":' + b"9" * 5000 + b"}", "line: is not JSON"),
        (b'"' + b"x" * (1 << 20) + b'"', "line: is longer than"),
    ],
)
def test_bad_lines_say_field_and_reason(line: bytes, said: str) -> None:
    with pytest.raises(BadLine) as raised:
        parse_line(line)
    assert str(raised.value).startswith(said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_data_survives(data: dict[str, Any]) -> None:
    try:
        expected = json.loads(json.dumps(data))
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert json.loads(data_bytes(data)) == expected


def test_the_sample_is_a_coherent_story() -> None:
    events = [parse_line(line) for line in SAMPLE.read_bytes().splitlines()]
    assert 250 <= len(events) <= 400
    assert len({event.id for event in events}) == len(events)
    assert {event.type for event in events} == {
        "object_create",
        "object_submits_form",
        "sub_tag",
        "unsub_tag",
        "purchase_product",
        "transaction_created_with_product",
    }
    assert {0, 149, 150, 10000} == {event.object_type_id for event in events}
    versions: dict[tuple[int, str], int] = {}
    for event in events:
        key = (event.object_type_id, event.object_id)
        assert event.object_version == versions.get(key, 0) + 1
        assert (event.type == "object_create") == (event.object_version == 1)
        versions[key] = event.object_version
    orders = [event for event in events if event.params.get("form_id") == str(FORM_NUMBER)]
    assert {event.params["outcome"] for event in orders} == {"0", "1"}
    assert all("outcome" not in event.params for event in events if event not in orders)
    times = [event.occurred_time.ToNanoseconds() for event in events]
    assert times == sorted(times)
    text = SAMPLE.read_text()
    assert all(mark in text for mark in ("é", "'", '\\"', "&", "<", "🎉", "李"))


def test_the_sample_is_what_its_program_writes() -> None:
    written = subprocess.run((sys.executable, EXAMPLES / "make_events.py"), capture_output=True, check=True)
    assert written.stdout == SAMPLE.read_bytes()
