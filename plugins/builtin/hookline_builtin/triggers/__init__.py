"""The built-in trigger sources, one kind of definition each; they stand on the plugin API like any other's."""

from hookline_builtin.triggers.form_rule import FormRuleSource
from hookline_builtin.triggers.global_rule import GlobalRuleSource

__all__ = ["FormRuleSource", "GlobalRuleSource"]
