"""What the author of a Hookline plugin needs, and nothing else; it depends on pluggy alone.

A plugin imports `hookimpl` and the types of what it registers from here. `hookline_plugin.testing` holds the
conformance suites, which need pytest.
"""

from hookline_plugin.encoder import MAX_DEPTH, EncodeError, Encoder, Payload, Scalar, Value, encoder_flaw
from hookline_plugin.leaves import Path, check, leaves, refusal, written
from hookline_plugin.spec import PROJECT, hookimpl

__all__ = [
    "MAX_DEPTH",
    "PROJECT",
    "EncodeError",
    "Encoder",
    "Path",
    "Payload",
    "Scalar",
    "Value",
    "check",
    "encoder_flaw",
    "hookimpl",
    "leaves",
    "refusal",
    "written",
]
