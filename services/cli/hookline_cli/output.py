"""What goes to standard output: one JSON document or JSON lines with --json, tables and text without.

Everything else (notes, progress, errors) goes to standard error, so that output can be piped.
"""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from hookline.event.v1 import options_pb2
from rich.console import Console, RenderableType
from rich.text import Text

_PIPED_WIDTH = 400


@dataclass(slots=True)
class Output:
    """Where a command writes: json says which of the two languages it speaks."""

    json: bool
    console: Console = field(default_factory=lambda: _console())
    notes: Console = field(default_factory=lambda: Console(stderr=True, soft_wrap=True))

    def document(self, document: object, rendering: RenderableType) -> None:
        """Writes the one result of a command."""
        if self.json:
            self._line(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            self.console.print(rendering)

    def line(self, document: object, rendering: RenderableType) -> None:
        """Writes one item of a stream and lets it go at once."""
        if self.json:
            self._line(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
        else:
            self.console.print(rendering)
            self.console.file.flush()

    def note(self, text: RenderableType) -> None:
        """Tells a person something that is no result."""
        self.notes.print(text)

    def warn(self, text: str) -> None:
        """Tells a person something that is no result and wants a look."""
        self.note(Text(text, style="yellow"))

    @staticmethod
    def _line(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _console() -> Console:
    """Standard output; where it is no terminal, rows are not broken, so that they can be searched."""
    console = Console(soft_wrap=True)
    return console if console.is_terminal else Console(soft_wrap=True, width=_PIPED_WIDTH)


def as_json(message: Message) -> dict[str, Any]:
    """The message as proto3 JSON with the field names of the proto; bytes marked json_object are plain objects."""
    document: dict[str, Any] = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    _open_json(message, document)
    return document


def _open_json(message: Message, document: dict[str, Any]) -> None:
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None and not _is_own_json(descriptor.message_type):
            inner = document[descriptor.name]
            if isinstance(inner, list):
                for each, each_document in zip(value, inner, strict=True):
                    _open_json(each, each_document)
            else:
                _open_json(value, inner)
        elif descriptor.GetOptions().Extensions[options_pb2.json_object]:
            document[descriptor.name] = _object(value)
    for each in message.DESCRIPTOR.fields:
        if each.GetOptions().Extensions[options_pb2.json_object] and not document.get(each.name):
            document[each.name] = {}


def _is_own_json(kind: Descriptor) -> bool:
    """Whether proto3 JSON has a form of its own for the type: times, durations, maps, details of any type."""
    return str(kind.full_name).startswith("google.protobuf.") or bool(kind.GetOptions().map_entry)


def _object(value: bytes) -> object:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value.decode("utf-8", "replace")
