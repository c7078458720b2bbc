import json

import pytest
from hookline.dispatcher.v1 import delivery_pb2, event_service_pb2
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import subscription_pb2
from rich.text import Text

from hookline_cli.output import Output, as_json


def test_data_is_a_plain_object_wherever_the_event_stands() -> None:
    event = event_pb2.Event(id="e", data=b'{"a":{"b":[1,"\xc3\xa9"]}}', params={"tag_id": "4"})
    published = event_service_pb2.PublishedEvent(event=event)
    published.publish_time.FromSeconds(5)
    page = event_service_pb2.ListEventsResponse(events=[published, event_service_pb2.PublishedEvent()])
    document = as_json(page)
    assert document["events"][0]["event"]["data"] == {"a": {"b": [1, "é"]}}
    assert document["events"][0]["event"]["params"] == {"tag_id": "4"}
    assert document["events"][0]["publish_time"] == "1970-01-01T00:00:05Z"
    assert as_json(event_pb2.Event())["data"] == {}


def test_names_are_those_of_the_proto_and_unset_ones_are_there() -> None:
    document = as_json(subscription_pb2.Subscription(id=7, event="sub_tag"))
    assert document["content_type"] == ""
    assert document["id"] == "7"
    assert "requests_per_minute" not in document
    attempt = delivery_pb2.Attempt(request=delivery_pb2.AttemptRequest(body=b"\xff"))
    assert as_json(attempt)["request"]["body"] == "/w=="


def test_data_that_is_no_json_is_shown_as_text() -> None:
    assert as_json(event_pb2.Event(data=b"\xff{"))["data"] == "�{"


def test_json_and_nothing_else_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(json=True)
    output.note(Text("a note"))
    output.document({"a": "é"}, Text("for a person"))
    output.line({"b": 1}, Text("for a person"))
    captured = capsys.readouterr()
    assert captured.out == '{\n  "a": "é"\n}\n{"b":1}\n'
    assert json.loads(captured.out.splitlines()[-1]) == {"b": 1}
    assert "for a person" not in captured.err
