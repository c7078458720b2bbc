"""What a plugin in a process of its own brings: the same as in this one, with proxies in place of what it registers."""

from typing import Any

from hookline_plugin import encoder_flaw
from hookline_plugin.trigger import source_flaw
from hookline_runtime.brought import MAX_REASON, Brought
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.encoders import EncoderApart, TemplateEncoderApart
from hookline_runtime.isolation.sources import source_apart
from hookline_runtime.isolation.trouble import PluginStopped

MOST = 1000


def load_apart(apart: Apart) -> list[Brought] | str:
    """Start a plugin, and give what it brings; in words, why it cannot be imported."""
    try:
        described = apart.load()
    except PluginStopped as stopped:
        return f"cannot be imported: it {stopped.words}"
    try:
        match described:
            case [["unimportable", str(reason)]]:
                apart.close()
                return f"cannot be imported: {reason[:MAX_REASON]}"
            case [*items]:
                return _items(apart, items[:MOST])
    except (LookupError, TypeError, ValueError):
        apart.close()
    return "cannot be used: what it registers cannot be read"


def _items(apart: Apart, items: list[Any]) -> list[Brought]:
    found: list[Brought] = []
    place = 0
    for each in items:
        match each:
            case ["flaw", str(reason)]:
                found.append(Brought(flaw=reason[:MAX_REASON]))
                continue
            case ["encoder", str(name), str(media_type), [*media_types], bool(writes)]:
                kind = TemplateEncoderApart if writes else EncoderApart
                encoder = kind(apart, place, name, media_type, frozenset(media_types))
                found.append(Brought(flaw=encoder_flaw(encoder) or "", encoder=encoder))
            case ["source", *facts]:
                source = source_apart(apart, place, facts)
                # What it gives to compile is looked at whenever it does.
                found.append(Brought(flaw=source_flaw(source) or "", source=source))
            case _:
                raise ValueError("neither encoder nor source")
        place += 1
    return found
