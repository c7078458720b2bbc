"""`application/xml`: the payload's structure below a root element `<webhook>`.

A key is an element; one that is not a plain ASCII name, begins with `xml` or is `item` is `<field name="the key">`
instead, because parsers disagree on names beyond ASCII and `<item>` is kept for the items of a list. Null is an empty
element with `nil="true"`; an empty list or mapping is an empty element without it. Characters that XML 1.0 forbids
(control characters, surrogates, U+FFFE, U+FFFF) are replaced by U+FFFD: no escape could carry them.
"""

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from hookline_builtin.encoders import xml_template
from hookline_builtin.encoders.xml_text import in_attribute, in_text
from hookline_plugin import MAX_DEPTH, EncodeError, Names, Payload, Template, Value, refusal

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_is_name = re.compile(r"(?![Xx][Mm][Ll]|item\Z)[A-Za-z_][A-Za-z0-9._-]*").fullmatch


class XmlEncoder:
    """Encodes payloads as an XML document."""

    name = "xml"
    media_type = "application/xml"
    media_types = frozenset({"application/xml", "text/xml"})

    def encode(self, payload: Payload) -> bytes:
        """Give the document; an empty payload gives an empty root element."""
        parts = [_DECLARATION]
        try:
            _append(parts, "webhook", "webhook", payload, 1)
            return "".join(parts).encode()
        except (TypeError, ValueError):
            raise refusal(payload) from None

    def detects(self, text: str) -> bool:
        """Say whether a template begins like markup: with `<` and a name, `?` or `!`."""
        return xml_template.detects(text)

    def parse(self, text: str, names: Names) -> Template:
        """Parse a document with merge fields in its text and attribute values."""
        return xml_template.parse(text, names)


def _append(parts: list[str], start: str, end: str, value: Value, depth: int) -> None:
    if isinstance(value, str):
        parts.append(f"<{start}>{in_text(value)}</{end}>")
    elif value is None:
        parts.append(f'<{start} nil="true"/>')
    elif isinstance(value, (int, float)):
        parts.append(f"<{start}>{_number(value)}</{end}>")
    else:
        parts.append(f"<{start}>")
        _append_children(parts, value, depth)
        parts.append(f"</{end}>")


def _append_children(parts: list[str], value: Sequence[Value] | Mapping[str, Value], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise EncodeError("too deep")
    if isinstance(value, Mapping):
        for key, child in value.items():
            if _is_name(key):
                _append(parts, key, key, child, depth + 1)
            else:
                _append(parts, f'field name="{in_attribute(key)}"', "field", child, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        for child in value:
            _append(parts, "item", "item", child, depth + 1)
    else:
        raise EncodeError("no value of JSON")


def _number(value: float) -> str:
    if isinstance(value, float) and not isfinite(value):
        raise EncodeError("not finite")
    return repr(value).lower()  # true and false as in JSON; a number's repr has no upper case
