"""The built-in plugin: encoders for form, JSON, XML and plain text, through the same door as any other plugin."""

from collections.abc import Sequence

from hookline_builtin.encoders import FormEncoder, JsonEncoder, TextEncoder, XmlEncoder
from hookline_plugin import Encoder, hookimpl

__all__ = ["register_encoders"]


@hookimpl
def register_encoders() -> Sequence[Encoder]:
    """Give the four built-in encoders."""
    return (FormEncoder(), JsonEncoder(), XmlEncoder(), TextEncoder())
