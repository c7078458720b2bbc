"""The kinds of definitions: what people call them, and which trigger source knows them."""

from types import MappingProxyType

from hookline_registry.model import ItemKind

KIND_WORDS = MappingProxyType(
    {
        ItemKind.GLOBAL_RULE: "global rule",
        ItemKind.FORM: "form",
        ItemKind.CAMPAIGN: "campaign",
        ItemKind.TRIGGER: "trigger",
    }
)
"""What people call the kinds."""

SOURCES = MappingProxyType(
    {ItemKind.GLOBAL_RULE: "global_rule", ItemKind.FORM: "form_rule", ItemKind.CAMPAIGN: "campaign"}
)
"""The name of the trigger source of each kind that is built in; a trigger of another kind names its own."""
