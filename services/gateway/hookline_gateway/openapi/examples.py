"""Examples of what to send: bodies by the name of the RPC, and texts of a path by the name of the variable.

A test sends each body through what reads it and through the rules of the protos.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

EVENT: Final[dict[str, Any]] = {
    "type": "sub_tag",
    "params": {"tag_id": "4"},
    "object_type_id": 0,
    "object_id": "8",
    "data": {"firstname": "Mary"},
}
LINES: Final = '{"type":"sub_tag","params":{"tag_id":"4"},"object_id":"8"}\n' * 2
_TRIGGERS = [{"event": "sub_tag", "params": {"tag_id": "4"}}]
_TARGET = {"kind": "TARGET_KIND_SUBSCRIPTION", "id": "1"}

BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "CreateAccount": {"account": {"name": "Smith & Sons", "plan": "PLAN_PRO", "features": {"global_rules": True}}},
    "UpdateAccount": {"account": {"plan": "PLAN_PRO"}, "update_mask": "plan"},
    "CreateKey": {"name": "the shop", "scopes": ["SCOPE_PUBLISH", "SCOPE_READ"]},
    "CreateCampaign": {
        "campaign": {
            "name": "Welcome",
            "elements": [
                {"id": "in", "entry": {"triggers": _TRIGGERS}, "next": "hello"},
                {"id": "hello", "webhook": {"webhook_id": "1"}, "next": "wait"},
                {"id": "wait", "wait": {"span": {"amount": 2, "unit": "SPAN_UNIT_DAYS"}}, "next": "end"},
                {"id": "end", "end": {}},
            ],
        }
    },
    "ValidateCampaign": {
        "campaign": {
            "elements": [{"id": "in", "entry": {"triggers": _TRIGGERS}, "next": "end"}, {"id": "end", "end": {}}],
        }
    },
    "UpdateCampaign": {"campaign": {"name": "Welcome, all", "reentry_allowed": True}},
    "CreateForm": {
        "form": {
            "name": "Checkout",
            "kind": "FORM_KIND_ORDER_FORM",
            "number": "22",
            "always_on": [{"webhook_id": "1"}],
            "payment_failed": [{"webhook_id": "2"}],
        }
    },
    "UpdateForm": {"form": {"name": "Checkout of the shop"}, "update_mask": "name"},
    "CreateGlobalRule": {
        "rule": {
            "name": "Welcome the Smiths",
            "triggers": _TRIGGERS,
            "any_of": [
                {
                    "all_of": [
                        {
                            "comparison": {
                                "field": "lastname",
                                "comparison": "COMPARISON_EQUAL",
                                "value": "Smith",
                            }
                        },
                        {"tag": {"tag_id": "5", "absent": True}},
                    ]
                }
            ],
            "actions": [{"webhook_id": "1"}],
        }
    },
    "UpdateGlobalRule": {"rule": {"actions": [{"webhook_id": "2"}]}, "update_mask": "actions"},
    "CreateObjectType": {
        "object_type": {
            "name": "Machine",
            "fields": [{"key": "serial", "label": "Serial Number", "kind": "FIELD_KIND_TEXT"}],
        }
    },
    "UpdateObjectType": {"object_type": {"name": "Machines"}, "update_mask": "name"},
    "CreateSubscription": {
        "subscription": {
            "event": "sub_tag(4)",
            "url": "https://receiver.example/hook",
            "format": "PAYLOAD_FORMAT_LIGHTWEIGHT",
        }
    },
    "UpdateSubscription": {"subscription": {"max_retries": 3}, "update_mask": "max_retries"},
    "RotateSecret": {"overlap": "3600s"},
    "CreateTrigger": {
        "trigger": {
            "name": "A good score",
            "kind": "score_crosses",
            "configuration": {"field": "points", "threshold": 50, "webhook_id": 1},
        }
    },
    "UpdateTrigger": {"trigger": {"name": "A better score"}, "update_mask": "name"},
    "CreateWebhook": {
        "webhook": {
            "name": "Welcome",
            "url": "https://receiver.example/welcome",
            "method": "HTTP_METHOD_POST",
            "data": "First_Name=[First Name]&Email=[Email]",
            "requests_per_minute": 60,
            "max_retries": 10,
        }
    },
    "UpdateWebhook": {"webhook": {"data": '{"email": "[Email]"}'}, "update_mask": "data"},
    "RotateWebhookSecret": {"overlap": "3600s"},
    "BatchRedeliver": {"ids": ["1", "2"]},
    "RedeliverSince": {"since_time": "2026-03-01T09:30:00Z", "target": _TARGET, "dry_run": True},
    "Publish": {"event": EVENT},
    "PublishBatch": {"events": [EVENT, {**EVENT, "object_id": "9"}]},
    "Explain": {"event": EVENT},
    "PreviewWebhook": {
        "webhook": {"url": "https://receiver.example/welcome", "data": '{"email": "[Email|none]"}'},
        "data": {"firstname": "Mary", "email": ""},
    },
    "PreviewSubscription": {
        "subscription": {"event": "sub_tag(4)", "url": "https://receiver.example/hook"},
        "event": EVENT,
    },
    "BatchGetLastAttempts": {"targets": [_TARGET]},
    "RepeatRoutes": {"source": "campaign", "definition_id": "1"},
    "PauseTarget": {"reason": "the receiver is being moved"},
    "DisableTarget": {"reason": "the receiver is gone"},
    "SendTest": {"event": EVENT},
}
"""What is not here takes an empty object."""

_NAMED: Final[Mapping[str, str]] = {"event_id": "e1", "object_type_id": "0", "object_id": "8"}


def body_of(rpc: str) -> dict[str, Any]:
    """A body for the RPC of this name."""
    return BODIES.get(rpc, {})


def in_path(name: str, field: FieldDescriptor) -> str | int:
    """A value for a variable of a path."""
    if field.enum_type is not None:
        return str(field.enum_type.values[1].name)  # the first stands for none of them
    text = _NAMED.get(name, "1")
    return int(text) if field.cpp_type == FieldDescriptor.CPPTYPE_INT32 else text
