from __future__ import annotations

import json

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import audit_pb2, config_pb2, webhook_pb2
from hookline.registry.v1.subscription_pb2 import Header

from hookline_runtime.masking import MASK, MOST_BYTES, masked, masked_json


def test_what_the_protos_mark_is_masked() -> None:
    assert masked(webhook_pb2.CreateWebhookResponse(signing_secret="whsec_x", config_revision=3)) == {
        "signing_secret": MASK,
        "config_revision": 3,
    }
    assert masked(config_pb2.KeyConfig(secret_hash=b"x")) == {"secret_hash": MASK}


def test_headers_that_are_named_like_secrets_are_masked() -> None:
    names = ("Authorization", "X-Api-Key", "cookie", "X-Auth-Token", "X-Plain")
    told = masked(webhook_pb2.Webhook(headers=[Header(name=name, value="v") for name in names]))
    assert [each["value"] for each in told["headers"]] == [MASK, MASK, MASK, MASK, "v"]


def test_the_rest_is_as_the_protos_name_it() -> None:
    webhook = webhook_pb2.Webhook(id=3, name="é", method=webhook_pb2.HTTP_METHOD_POST, timeout=Duration(seconds=2))
    assert json.loads(masked_json(webhook)) == {"id": 3, "name": "é", "method": "HTTP_METHOD_POST", "timeout": "2s"}
    event = event_pb2.Event(params={"tag_id": "4"}, data=b'{"n":1}', tags=["a"])
    assert masked(event) == {"params": {"tag_id": "4"}, "data": {"n": 1}, "tags": ["a"]}
    assert masked(event_pb2.Event(data=b"{")) == {"data": MASK}


def test_what_breaks_the_rules_is_told_as_well() -> None:
    late = audit_pb2.AuditEntry(create_time=Timestamp(seconds=2**63 - 1, nanos=-1), after=b'{"a":"\\ud800"}')
    told = json.loads(masked_json(late))
    assert told == {"create_time": {"seconds": 2**63 - 1, "nanos": -1}, "after": {"a": "\ud800"}}
    assert masked(event_pb2.Event(data=b'{"a":' * 100_000)) == {"data": MASK}
    assert masked(webhook_pb2.Webhook(timeout=Duration(seconds=2**62)))["timeout"] == {"seconds": 2**62, "nanos": 0}


def test_of_what_is_large_the_size_is_told() -> None:
    assert json.loads(masked_json(webhook_pb2.Webhook(data="x" * MOST_BYTES)))["left_out_bytes"] > MOST_BYTES
