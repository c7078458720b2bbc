"""How values are written into JSON: within a string, as a string, or as what they are."""

import json
import re
from json.encoder import encode_basestring

from hookline_builtin.encoders.json_tokens import STRING, is_json
from hookline_plugin import Value
from hookline_plugin.merging import as_text, nested_text, number_text, without_surrogates

_is_number = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?").fullmatch
"""A text that is written as a number: every receiver's numbers hold it, so nothing it says gets lost."""
_WORDS = frozenset({"true", "false", "null"})


def write_string(value: Value) -> str:
    """Write a value as a string of its own."""
    text = value if type(value) is str else as_text(value)
    return encode_basestring(text) if text else ""


def write_inside(value: Value) -> str:
    """Write a value within a string."""
    text = value if type(value) is str else as_text(value)
    return text if text.isalnum() else encode_basestring(text)[1:-1]


def write_bare(value: Value) -> str:
    """Write a value outside strings, as what it is."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value if value[0] in "-0123456789" and _is_number(value) else encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return nested_text(value)


def bare_default(default: str) -> str:
    """Write a default outside strings: one that is a JSON scalar is that, any other is text; an empty one is null."""
    text = default.strip()
    if not text or text in _WORDS or _is_number(text):
        return text or "null"
    if STRING.fullmatch(text) and is_json(text):
        default = without_surrogates(json.loads(text))
    return encode_basestring(default)
