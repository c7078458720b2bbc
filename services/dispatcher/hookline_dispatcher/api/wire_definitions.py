"""Definitions as messages name them: by source and id, where the store keeps kind and id."""

from __future__ import annotations

from hookline_dispatcher.config.codec import ItemKind

from .wire_deliveries import SUBSCRIPTION_SOURCE

_KINDS = {
    SUBSCRIPTION_SOURCE: ItemKind.SUBSCRIPTION,
    "global_rule": ItemKind.GLOBAL_RULE,
    "form_rule": ItemKind.FORM,
    "campaign": ItemKind.CAMPAIGN,
}
"""The kinds of item of built-in sources; definitions of all others are of the kind TRIGGER."""

LAST_TIME = 253_402_300_799_000_000
"""The last second that a timestamp can say."""


def kind_of(source: str) -> ItemKind:
    """The kind of item that definitions of a source are."""
    return _KINDS.get(source, ItemKind.TRIGGER)


def source_of(kind: int) -> str:
    """The source that definitions of a kind are of; empty where plugins have several."""
    return next((source for source, item in _KINDS.items() if item == kind), "")
