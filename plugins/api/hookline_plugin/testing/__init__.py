"""Conformance suites that a plugin author runs with pytest on what their plugin registers."""

from hookline_plugin.testing.encoders import EncoderConformance
from hookline_plugin.testing.stateful import StatefulConformance
from hookline_plugin.testing.templates import TemplateConformance
from hookline_plugin.testing.triggers import TriggerConformance

__all__ = ["EncoderConformance", "StatefulConformance", "TemplateConformance", "TriggerConformance"]
