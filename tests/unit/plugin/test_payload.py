"""The payload of a subscription has the shape that subscribers know."""

from typing import Any

import pytest

from hookline_plugin import Value
from hookline_plugin.payload import PayloadFormat, subscription_payload

MARY: dict[str, Value] = {
    "firstname": "Mary",
    "lastname": "Smith",
    "email": "mary@ontraport.com",
    "score": 7,
    "Owner": {"email": "owner@example.com"},
}


def build(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "webhook_id": 3,
        "event_type": "sub_tag",
        "params": {"tag_id": "4"},
        "object_type_id": 0,
        "object_id": "8",
        "data": MARY,
        "occurred_time": 1_514_940_140_999_999,
    }
    return subscription_payload(**given | changes)


def test_the_shape() -> None:
    payload = build()
    assert payload == {
        "webhook_id": "3",
        "object_type_id": "0",
        "event": {"type": "sub_tag", "tag_id": "4"},
        "data": {"id": "8", **MARY},
        "timestamp": 1514940140,
    }
    assert list(payload) == ["webhook_id", "object_type_id", "event", "data", "timestamp"]
    assert list(payload["event"]) == ["type", "tag_id"]
    assert list(payload["data"]) == ["id", *MARY]


@pytest.mark.parametrize(
    "event_type, params, event",
    [
        ("object_create", {}, {"type": "object_create"}),
        ("object_create", {"source": "import"}, {"type": "object_create", "source": "import"}),
        ("sub_tag", {"tag_id": "4", "by": "8"}, {"type": "sub_tag", "tag_id": "4", "by": "8"}),
        ("sub_tag", {"type": "other", "tag_id": "4"}, {"type": "sub_tag", "tag_id": "4"}),
    ],
)  # fmt: skip
def test_the_event_holds_type_and_params(event_type: str, params: dict[str, str], event: dict[str, str]) -> None:
    written = build(event_type=event_type, params=params)["event"]
    assert list(written.items()) == list(event.items())


@pytest.mark.parametrize(
    "payload_format, object_type_id, data, fields",
    [
        ("full", 0, {"b": 1, "a": {}}, {"id": "8", "b": 1, "a": {}}),
        ("full", 0, {}, {"id": "8"}),
        ("full", 0, {"a": 1, "id": "9"}, {"id": "8", "a": 1}),
        ("lightweight", 0, MARY, {"id": "8", "firstname": "Mary", "lastname": "Smith", "email": "mary@ontraport.com"}),
        ("lightweight", 0, {"email": "m@x.io"}, {"id": "8", "firstname": "", "lastname": "", "email": "m@x.io"}),
        ("lightweight", 0, {"firstname": None, "id": "9"}, {"id": "8", "firstname": None, "lastname": "", "email": ""}),
        ("lightweight", 149, {"name": "A deal", "email": "d@x.io"}, {"id": "8", "email": "d@x.io"}),
        ("notify", 0, MARY, {"id": "8"}),
        ("notify", 10_000, {"id": "9"}, {"id": "8"}),
    ],
)  # fmt: skip
def test_formats(payload_format: str, object_type_id: int, data: dict[str, Value], fields: dict[str, Value]) -> None:
    chosen = PayloadFormat(payload_format)
    written = build(payload_format=chosen, object_type_id=object_type_id, data=data)["data"]
    assert list(written.items()) == list(fields.items())


def test_leaves_what_it_was_given_alone() -> None:
    data: dict[str, Value] = {"id": "9", "a": 1}
    params = {"type": "other"}
    build(data=data, params=params)
    assert data == {"id": "9", "a": 1}
    assert params == {"type": "other"}
