"""Triggers: stored definitions that fire webhooks, each compiled once by the plugin that knows its kind.

A definition whose source is missing here, refuses it, or gives something that is not asked about single events, is kept
and has a fault: it fires nothing until its plugin is back or it is changed. What a plugin gives is looked at before it
is used; what it raises costs that definition only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import NamedTuple

import orjson

from hookline_dispatcher.core.object_data import parse_data
from hookline_dispatcher.store.model import ConfigRow
from hookline_plugin.settled import Settled
from hookline_plugin.stateful import AsksCampaigns, StatefulCompiled
from hookline_plugin.trigger import MAX_CAMPAIGNS, Compiled, Interest, TriggerSource
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.sources import CompiledApart, SourceApart
from hookline_runtime.isolation.trouble import PluginAway, PluginStopped, PluginTrouble

FindSource = Callable[[str], TriggerSource | None]
"""The trigger source of a name, None where no plugin has one."""

HIGHEST_VERSION = 2**63 - 1
"""Of a definition with memory."""

MOST_INTERESTS = 10_000
"""How many interests a definition may have."""

RULES = frozenset({6, 7})
"""Numbers of the contract's ConfigKind: global rules and forms, which have a memory only where they need one."""

TEXT_OF_WEIGHT = 4_096
"""Characters of a definition that weigh as much in memory as a target."""


class TriggerKey(NamedTuple):
    """A trigger within its account; ``kind`` is a number of the contract's ConfigKind."""

    kind: int
    id: int


class Definition(NamedTuple):
    """A definition as it is stored."""

    source: str
    name: str
    text: str
    """A JSON object."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A definition, ready to be asked unless it has a fault."""

    key: TriggerKey
    revision: int
    source: str
    interests: tuple[Interest, ...] = ()
    compiled: Compiled | None = None
    stateful: StatefulCompiled | None = None
    """The definition where it has memory: the router steps it, ingest never asks it."""
    enters: tuple[Interest, ...] = ()
    """Which events a definition with memory wants about any object."""
    watches: tuple[Interest, ...] = ()
    """Which it wants besides about objects that it has a memory of."""
    asks: tuple[int, ...] = ()
    """The campaigns that a definition with memory asks about: on which of their maps is the object?"""
    fault: str = ""
    """Why it cannot be asked."""
    known: bool = True
    """Whether a plugin here knows its kind."""
    weight: int = 1
    """How much memory it takes up, in targets of the usual size."""
    apart: Apart | None = None
    """Its plugin, where that runs apart: then the definition is one with memory, so that ingest never asks it."""
    away: bool = False
    """Whether its plugin could not be asked yet: until then nobody knows which events it wants."""

    @property
    def settled(self) -> Settled | None:
        """The definition where it is one without memory that is asked once its object is quiet, or at once."""
        return self.stateful if isinstance(self.stateful, Settled) else None

    @property
    def alone(self) -> bool:
        """Whether it is told of events by itself: an update may give it a memory or take it away, and so whether ingest
        asks it or the router. Never one whose plugin runs apart: that always has a memory, or is not known yet.
        """
        return self.apart is None and self.stateful is not None and (self.settled is not None or self.key.kind in RULES)

    @property
    def label(self) -> str:
        """What it is called in notes and logs: source and id."""
        return f"{self.source}/{self.key.id}"


def encode_definition(definition: Definition) -> bytes:
    """The body of a definition."""
    return orjson.dumps({"source": definition.source, "name": definition.name, "definition": definition.text})


def decode_definition(row: ConfigRow) -> Definition:
    """The definition of a row that is not deleted."""
    body = orjson.loads(row.body)
    return Definition(body["source"], body["name"], body["definition"])


def compile_trigger(row: ConfigRow, find_source: FindSource) -> Trigger:
    """The trigger that a row defines; raises nothing for what a definition or a plugin has wrong."""
    definition = decode_definition(row)
    return _compiled(row, definition, find_source(definition.source))


async def compile_beside(row: ConfigRow, find_source: FindSource) -> Trigger:
    """The same, beside the event loop where a plugin that runs apart is asked."""
    definition = decode_definition(row)
    source = find_source(definition.source)
    if not isinstance(source, SourceApart):
        return _compiled(row, definition, source)
    try:
        return await source.apart.run(partial(_compiled, row, definition, source))
    except PluginAway as away:
        return replace(_plain(row, definition), apart=source.apart, fault=_fault(away), away=True)


def _compiled(row: ConfigRow, definition: Definition, source: TriggerSource | None) -> Trigger:
    plain = _plain(row, definition)
    if source is None:
        return replace(plain, fault=f"no plugin knows triggers of the kind {definition.source}", known=False)
    if isinstance(source, SourceApart):
        plain = replace(plain, apart=source.apart)
    try:
        compiled: object = source.compile(parse_data(definition.text.encode()))
        if isinstance(compiled, CompiledApart):
            compiled = Settled(compiled, 0, 0)
        if isinstance(compiled, StatefulCompiled):
            return _with_memory(plain, compiled)
        if not isinstance(compiled, Compiled):
            fault = f"triggers of the kind {definition.source} are not asked about single events"
            return replace(plain, fault=fault)
        return replace(plain, interests=_checked(compiled.interests), compiled=compiled)
    except (PluginAway, PluginStopped) as error:
        return replace(plain, fault=_fault(error), away=True)
    except (Exception, SystemExit) as error:  # a source is a plugin: whatever it raises costs this definition only
        return replace(plain, fault=_fault(error))


def _plain(row: ConfigRow, definition: Definition) -> Trigger:
    weight = 1 + len(definition.text) // TEXT_OF_WEIGHT
    return Trigger(TriggerKey(row.kind, row.id), row.revision, definition.source, weight=weight)


def _fault(error: BaseException) -> str:
    return f"its definition cannot be used: {error if isinstance(error, PluginTrouble) else type(error).__name__}"


def _with_memory(trigger: Trigger, compiled: StatefulCompiled) -> Trigger:
    """The trigger of a definition with memory.

    Raises:
        TypeError, ValueError: the plugin gave what it may not.
    """
    version: object = compiled.version
    paused: object = compiled.paused
    if not isinstance(version, int) or not 0 < version <= HIGHEST_VERSION or not isinstance(paused, bool):
        raise ValueError("no version, or neither paused nor not")
    asks = _campaigns(compiled.campaigns) if isinstance(compiled, AsksCampaigns) else ()
    enters, watches = _checked(compiled.interests), _checked(compiled.watches)
    return replace(trigger, stateful=compiled, enters=enters, watches=watches, asks=asks)


def _campaigns(given: Iterable[int]) -> tuple[int, ...]:
    """The ids of campaigns that a plugin gave, each once.

    Raises:
        TypeError, ValueError: they are not what they should be.
    """
    asked = tuple(dict.fromkeys(islice(given, MAX_CAMPAIGNS + 1)))
    if len(asked) > MAX_CAMPAIGNS:
        raise ValueError("too many campaigns")
    if not all(type(each) is int and 0 < each <= HIGHEST_VERSION for each in asked):
        raise TypeError("not the id of a campaign")
    return asked


def _checked(given: Iterable[Interest]) -> tuple[Interest, ...]:
    """The interests that a plugin gave, each once.

    Raises:
        TypeError, ValueError: they are not what they should be.
    """
    interests = tuple(dict.fromkeys(islice(given, MOST_INTERESTS + 1)))
    if len(interests) > MOST_INTERESTS:
        raise ValueError("too many interests")
    if not all(isinstance(each, Interest) for each in interests):
        raise TypeError("not an interest")
    return interests
