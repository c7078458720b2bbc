"""Where fuzzing begins: a few inputs of each target that get far into it."""

from __future__ import annotations

from hookline.event.v1 import event_pb2
from hookline.registry.v1 import subscription_pb2

from tests.fuzz.targets import requests
from tests.integration.test_one_reading_of_urls import CASES

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
_EVENT = event_pb2.Event(
    id="e1",
    type="sub_tag",
    params={"tag_id": "4"},
    object_id="8",
    data='{"firstname": "Zoë", "n": 1.50}'.encode(),
    tags=["4"],
    changed_fields=["firstname"],
    ordering_key="k",
)
_EVENT.occurred_time.FromSeconds(1_790_000_000)


def _asked() -> list[bytes]:
    """A request of each kind: a wrong one, as good as empty."""
    kinds = requests()
    created = subscription_pb2.CreateSubscriptionRequest()
    created.subscription.event, created.subscription.url = "sub_tag(4)", "https://shop.example/hook"
    whole = kinds.index(type(created)).to_bytes(2, "big") + created.SerializeToString()
    return [whole, *(number.to_bytes(2, "big") + b"\x08\x01" for number in range(len(kinds)))]


def seeds() -> dict[str, list[bytes]]:
    """By target."""
    return {
        "url": [url.encode("utf-8", "replace") for url, *_ in CASES if len(url) < 200],
        "response": [
            _HEAD + b"Content-Length: 5\r\n\r\nhello",
            _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + _HEAD + b"Connection: close\r\n\r\nhello",
            b"HTTP/1.0 204 No Content\r\n\r\n",
        ],
        "template": [
            b"\0a=[a]&b=[First Name|x y]&e[f]=[e.f]&c=%41+[c|0]",
            b"\1"
            + b'{"a": "[a]", "b": [b], "d": [d], "e": ["[e.f] [[x]]", 1.5e3, "[c|no]"], "\\u00e9": "[First Name]"}',
            b'\1<?xml version="1.0"?><a b="[a]" c=\'[e.f]\'><!-- [a] --><![CDATA[[a]]]>[First Name|<x>] &amp; [d]</a>',
            b"\0Hello [First Name|you], [[not a field]] [e.f].",
        ],
        "event_data": [b'{"a": [1, {"b": null}], "c": "\\ud83d\\ude00", "n": 12345678901234567890123, "x": -1.50e-3}'],
        "rule_text": [
            b"Contact_added_to_category(4);Contact_is_created()\nfield_is_condition_fieldvalue(12,Equal To,CA);"
            b"Is_in_category(4)|Is_not_subscribed_to_drip(3)\nPing_APIURL(7);Ping_APIURL(8)"
        ],
        "condition": [
            b"id = 10 AND (event LIKE 'sub%' OR NOT url IS NULL) AND last_code IN ('200','it''s')",
            b'[{"field": {"field": "id"}, "op": ">=", "value": {"value": 10}}, "AND", [{"field": {"field": "event"}, '
            b'"op": "IN", "value": {"list": [{"value": "a"}, {"value": 2}]}}]]',
        ],
        "waiting": [
            b"120",
            b"Sun, 06 Nov 2094 08:49:37 GMT",
            b"Sunday, 06-Nov-94 08:49:37 GMT",
            b"Sun Nov  6 08:49:37 2094",
        ],
        "request": _asked(),
        "published": [_EVENT.SerializeToString()],
    }
