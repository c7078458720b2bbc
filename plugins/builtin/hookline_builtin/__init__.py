"""The built-in plugin: encoders and trigger sources, through the same door as any other plugin."""

from collections.abc import Sequence

from hookline_builtin.campaign import CampaignSource
from hookline_builtin.encoders import FormEncoder, JsonEncoder, TextEncoder, XmlEncoder
from hookline_builtin.triggers import FormRuleSource, GlobalRuleSource
from hookline_plugin import Encoder, TriggerSource, hookimpl
from hookline_plugin.stateful import StatefulSource

__all__ = ["register_encoders", "register_trigger_sources"]


@hookimpl
def register_encoders() -> Sequence[Encoder]:
    """Give the four built-in encoders."""
    return (FormEncoder(), JsonEncoder(), XmlEncoder(), TextEncoder())


@hookimpl
def register_trigger_sources() -> Sequence[TriggerSource | StatefulSource]:
    """Give the sources of global rules, form rules and campaigns."""
    return (GlobalRuleSource(), FormRuleSource(), CampaignSource())
