"""Global rules, forms and campaigns as protos, and as the bodies of definitions; nothing is decided here.

A body is the message as JSON with the names of the contract, without what the server sets, without the name, and
without params of triggers that are empty.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message
from hookline.registry.v1 import campaign_pb2, form_pb2, global_rule_pb2, trigger_pb2

from hookline_plugin import Value
from hookline_registry.model import Definition
from hookline_registry.wire import etag_of

RULE_BODY = ("object_type_id", "triggers", "any_of", "actions", "paused", "settle")
FORM_BODY = (
    "kind",
    "number",
    "object_type_id",
    "always_on",
    "payment_successful",
    "payment_failed",
    "paused",
    "settle",
)
CAMPAIGN_BODY = ("object_type_id", "elements", "reentry_allowed", "time_zone")

_Shown = TypeVar("_Shown", global_rule_pb2.GlobalRule, form_pb2.Form, campaign_pb2.Campaign, trigger_pb2.Trigger)


def body_of(message: Message, fields: tuple[str, ...]) -> dict[str, Value]:
    """Take the body of a definition out of its message."""
    body = type(message)()
    body.CopyFrom(message)
    clear(body, (name for name in body.DESCRIPTOR.fields_by_name if name not in fields))
    found: dict[str, Value] = json_format.MessageToDict(body, preserving_proto_field_name=True)
    return {name: _without_empty_params(value) for name, value in found.items()}


def _without_empty_params(value: Value) -> Value:
    """Leave params without a value out of triggers, wherever they stand: they ask for nothing."""
    if isinstance(value, Mapping):
        if "event" in value and isinstance(params := value.get("params"), Mapping):
            return {**value, "params": {name: text for name, text in params.items() if text != ""}}
        return {name: _without_empty_params(part) for name, part in value.items()}
    return [_without_empty_params(part) for part in value] if isinstance(value, list) else value


def with_body(message: _Shown, body: Mapping[str, Value], fields: tuple[str, ...]) -> _Shown:
    """Put the body of a definition into its message, in place of what these fields held.

    Raises ValueError where the message cannot hold it.
    """
    clear(message, fields)
    try:
        return json_format.ParseDict(dict(body), message)
    except json_format.ParseError as error:
        raise ValueError("the message cannot hold it") from error


def global_rule(stored: Definition, text: Mapping[str, str]) -> global_rule_pb2.GlobalRule:
    """Show a rule with its text."""
    message = with_body(facts(global_rule_pb2.GlobalRule(), stored), stored.settings.body, RULE_BODY)
    message.text.CopyFrom(global_rule_pb2.RuleText(**text))
    return message


def form(stored: Definition) -> form_pb2.Form:
    """Show a form."""
    return with_body(facts(form_pb2.Form(), stored), stored.settings.body, FORM_BODY)


def facts(message: _Shown, stored: Definition) -> _Shown:
    """Put what every definition has into its message."""
    message.id = stored.id
    message.account_id = stored.account_id
    message.name = stored.settings.name
    message.create_time.FromMicroseconds(stored.create_time)
    message.update_time.FromMicroseconds(stored.update_time)
    message.etag = etag_of(stored.revision)
    return message


def clear(message: Message, fields: Iterable[str]) -> None:
    """Clear fields of a message."""
    for field in fields:
        message.ClearField(field)
