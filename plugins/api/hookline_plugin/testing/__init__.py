"""Conformance suites that a plugin author runs with pytest on what their plugin registers."""

from hookline_plugin.testing.encoders import EncoderConformance
from hookline_plugin.testing.templates import TemplateConformance

__all__ = ["EncoderConformance", "TemplateConformance"]
