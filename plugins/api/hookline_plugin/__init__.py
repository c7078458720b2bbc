"""What the author of a Hookline plugin needs, and nothing else; it depends on pluggy alone.

A plugin imports `hookimpl` and the types of what it registers from here. `hookline_plugin.testing` holds the
conformance suites, which need pytest.
"""

from hookline_plugin.encoder import MAX_DEPTH, EncodeError, Encoder, Payload, Scalar, Value, encoder_flaw
from hookline_plugin.leaves import Path, check, leaves, refusal, written
from hookline_plugin.spec import PROJECT, hookimpl
from hookline_plugin.template import (
    MAX_RENDERED,
    FieldPath,
    Merge,
    Names,
    Template,
    TemplateEncoder,
    TemplateError,
)
from hookline_plugin.trigger import (
    Compiled,
    Decision,
    FieldInfo,
    Fire,
    Flaw,
    Happening,
    Interest,
    NamesCampaigns,
    Resolving,
    TextError,
    TriggerSource,
    World,
    Written,
    source_flaw,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_RENDERED",
    "PROJECT",
    "Compiled",
    "Decision",
    "EncodeError",
    "Encoder",
    "FieldInfo",
    "FieldPath",
    "Fire",
    "Flaw",
    "Happening",
    "Interest",
    "Merge",
    "Names",
    "NamesCampaigns",
    "Path",
    "Payload",
    "Resolving",
    "Scalar",
    "Template",
    "TemplateEncoder",
    "TemplateError",
    "TextError",
    "TriggerSource",
    "Value",
    "World",
    "Written",
    "check",
    "encoder_flaw",
    "hookimpl",
    "leaves",
    "refusal",
    "source_flaw",
    "written",
]
