"""The bounds that protovalidate's rules set, as far as JSON Schema has words for them.

Only upper ones: a lower one, such as a text of at least one character, holds for what is sent and not for
what is left out or shown.
"""

from __future__ import annotations

from typing import Any

from buf.validate import validate_pb2
from google.protobuf.descriptor import FieldDescriptor


def bounds(field: FieldDescriptor) -> dict[str, Any]:
    """The keywords for a field's schema."""
    rules = field.GetOptions().Extensions[validate_pb2.field]
    found: dict[str, Any] = {}
    if rules.string.HasField("max_len"):
        found["maxLength"] = rules.string.max_len
    if rules.repeated.HasField("max_items"):
        found["maxItems"] = rules.repeated.max_items
    if rules.map.HasField("max_pairs"):
        found["maxProperties"] = rules.map.max_pairs
    if rules.int32.HasField("lte"):
        found["maximum"] = rules.int32.lte
    return found
