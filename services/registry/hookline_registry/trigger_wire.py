"""Triggers of third-party kinds as messages."""

import json

from hookline.registry.v1 import trigger_pb2 as pb

from hookline_registry.definition_wire import facts
from hookline_registry.model import Definition


def trigger(stored: Definition) -> pb.Trigger:
    """Show a trigger."""
    message, body = facts(pb.Trigger(), stored), stored.settings.body
    message.kind = str(body["kind"])
    message.configuration = json.dumps(body["configuration"], ensure_ascii=False).encode()
    message.paused = stored.settings.paused
    return message
