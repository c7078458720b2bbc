"""The built-in encoders, one content type per module."""

from hookline_builtin.encoders.form import FormEncoder
from hookline_builtin.encoders.json import JsonEncoder
from hookline_builtin.encoders.text import TextEncoder
from hookline_builtin.encoders.xml import XmlEncoder

__all__ = ["FormEncoder", "JsonEncoder", "TextEncoder", "XmlEncoder"]
