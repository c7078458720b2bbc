"""Triggers: stored definitions that fire webhooks, each compiled once by the plugin that knows its kind.

A definition whose source is missing here, refuses it, or gives something that is not asked about single events, is kept
and has a fault: it fires nothing until its plugin is back or it is changed. What a plugin gives is looked at before it
is used; what it raises costs that definition only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import orjson

from hookline_dispatcher.core.object_data import parse_data
from hookline_dispatcher.store.model import ConfigRow
from hookline_plugin.stateful import AsksCampaigns, StatefulCompiled
from hookline_plugin.trigger import MAX_CAMPAIGNS, Compiled, Interest, TriggerSource

FindSource = Callable[[str], TriggerSource | None]
"""The trigger source of a name, None where no plugin has one."""

HIGHEST_VERSION = 2**63 - 1
"""Of a definition with memory."""

MOST_INTERESTS = 10_000
"""How many interests a definition may have."""

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
    key, definition = TriggerKey(row.kind, row.id), decode_definition(row)
    weight = 1 + len(definition.text) // TEXT_OF_WEIGHT
    source = find_source(definition.source)
    if source is None:
        fault = f"no plugin knows triggers of the kind {definition.source}"
        return Trigger(key, row.revision, definition.source, fault=fault, known=False, weight=weight)
    try:
        compiled: object = source.compile(parse_data(definition.text.encode()))
        if isinstance(compiled, StatefulCompiled):
            return _with_memory(Trigger(key, row.revision, definition.source, weight=weight), compiled)
        if not isinstance(compiled, Compiled):
            fault = f"triggers of the kind {definition.source} are not asked about single events"
            return Trigger(key, row.revision, definition.source, fault=fault, weight=weight)
        interests = _checked(compiled.interests)
    except (Exception, SystemExit) as error:  # a source is a plugin: whatever it raises costs this definition only
        fault = f"its definition cannot be used: {type(error).__name__}"
        return Trigger(key, row.revision, definition.source, fault=fault, weight=weight)
    return Trigger(key, row.revision, definition.source, interests, compiled, weight=weight)


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
