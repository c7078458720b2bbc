"""The plugin host: finds plugins by their entry points, asks each what it registers, and answers who serves what.

One bad plugin never stops the others: what fails to import, raises or registers junk is left out, logged and kept in
`problems`. Every plugin has a pluggy manager of its own, so that no hook wrapper of one reaches into another.
Built-in plugins come first, the others by name; the first to claim a media type, or the name of an encoder or trigger
source, keeps it. A plugin that states that it is written for another version of the plugin API is not asked at all.
Those of third parties run apart, in processes of their own, but for those that the operator trusts; see `isolation`.
"""

import re
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from typing import Self, TypeGuard

import structlog

from hookline_plugin import PROJECT, Encoder
from hookline_plugin.media_type import essence
from hookline_plugin.remembering import remembers
from hookline_plugin.template import TemplateEncoder
from hookline_plugin.trigger import TriggerSource
from hookline_runtime.brought import Brought, brought, said
from hookline_runtime.isolation.apart import Apart, end_all
from hookline_runtime.isolation.limits import Isolation
from hookline_runtime.isolation.loading import load_apart
from hookline_runtime.isolation.sources import SourceApart
from hookline_runtime.isolation.trouble import words_of

BUILTIN = "builtin"
_BUILTIN_OWNER = "hookline-builtin"
_LOADED_AT_ONCE = 8
_DETECTED_FIRST = ("json", "xml", "form")
_DETECTED_LAST = "text"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something that a plugin brought is not used, for the operator."""

    plugin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The distribution that brought a plugin, and its version; both empty where it came from none."""

    distribution: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class UsedEncoder:
    """An encoder in use: its name, the media types that it serves, and whether webhooks can be written in it."""

    name: str
    media_types: tuple[str, ...]
    webhooks: bool


@dataclass(frozen=True, slots=True)
class UsedSource:
    """A trigger source in use; whether it has memory is None where its types do not say."""

    name: str
    memory: bool | None


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that was found, and what of it is in use: nothing where it could not be imported, or was refused."""

    name: str
    origin: Origin
    encoders: tuple[UsedEncoder, ...] = ()
    trigger_sources: tuple[UsedSource, ...] = ()
    isolated: bool = False
    """Whether it runs in a process of its own."""


class PluginHost:
    """What the plugins registered; it never changes after it was made."""

    def __init__(
        self,
        plugins: Mapping[str, object],
        problems: Sequence[Problem] = (),
        origins: Mapping[str, Origin] | None = None,
        aparts: Sequence[Apart] = (),
    ) -> None:
        """Ask the plugins, given by name; `problems` and `origins` are of those found on the way here, used or not.

        What a plugin of `aparts` brings has been asked for already, and is given in its place.
        """
        self._problems = list(problems)
        self._aparts = {each.name: each for each in aparts}
        self._end = weakref.finalize(self, end_all, list(aparts))
        self._plugins = {
            name: Plugin(name, origin, isolated=name in self._aparts) for name, origin in (origins or {}).items()
        }
        self._encoders: dict[str, Encoder] = {}
        self._by_media_type: dict[str, Encoder] = {}
        self._trigger_sources: dict[str, TriggerSource] = {}
        for name in sorted(plugins, key=_rank):
            encoders, sources = len(self._encoders), len(self._trigger_sources)
            self._problems += [Problem(name, reason) for reason in self._add(name, plugins[name])]
            self._plugins[name] = self._used(name, encoders, sources)
        for problem in self._problems:
            _log.warning("plugin_problem", plugin=problem.plugin, reason=problem.reason)
        found = (encoder for encoder in self._encoders.values() if isinstance(encoder, TemplateEncoder))
        self._template_encoders = tuple(sorted(found, key=lambda encoder: _turn(encoder.name)))

    @classmethod
    def load(cls, isolation: Isolation | None = None) -> Self:
        """Import and ask every plugin that is installed in this environment; all at once where they run apart."""
        isolation = isolation or Isolation()
        plugins: dict[str, object] = {}
        problems: list[Problem] = []
        origins: dict[str, Origin] = {}
        aparts: dict[str, Apart] = {}
        for entry in sorted(entry_points(group=PROJECT), key=lambda entry: (*_rank(entry.name), _owner(entry))):
            if entry.name in origins or (entry.name == BUILTIN and _owner(entry) != _BUILTIN_OWNER):
                problems.append(Problem(entry.name, f"its name is taken; {_owner(entry)} must choose another"))
                continue
            origins[entry.name] = _origin(entry)
            if entry.name != BUILTIN and not isolation.trusts(entry.name):
                aparts[entry.name] = Apart(entry.name, entry.value, isolation.limits)
                continue
            try:
                plugins[entry.name] = entry.load()
            except (Exception, SystemExit) as error:
                problems.append(Problem(entry.name, f"cannot be imported: {said(error)}"))
        for name, loaded in _loaded(aparts).items():
            if isinstance(loaded, str):
                problems.append(Problem(name, loaded))
            else:
                plugins[name] = loaded
        return cls(plugins, sorted(problems, key=lambda each: _rank(each.plugin)), origins, list(aparts.values()))

    @property
    def aparts(self) -> tuple[Apart, ...]:
        """The plugins that run in processes of their own."""
        return tuple(self._aparts.values())

    def close(self) -> None:
        """End the processes of plugins; whoever asks one of these afterwards is refused."""
        self._end()

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """The plugins that were found, built-in ones first, then by name."""
        return tuple(self._plugins[name] for name in sorted(self._plugins, key=_rank))

    @property
    def encoders(self) -> tuple[Encoder, ...]:
        """The encoders in use, built-in ones first."""
        return tuple(self._encoders.values())

    @property
    def template_encoders(self) -> tuple[TemplateEncoder, ...]:
        """The encoders that webhooks can be written for, in the order in which they are asked: text is the last."""
        return self._template_encoders

    @property
    def trigger_sources(self) -> tuple[TriggerSource, ...]:
        """The trigger sources in use, built-in ones first."""
        return tuple(self._trigger_sources.values())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the plugins brought that is not in use, and why; what runs apart and cannot be asked is told last."""
        loaded = {name for name, each in self._plugins.items() if each.encoders or each.trigger_sources}
        away = [Problem(each.name, each.problem) for each in self.aparts if each.name in loaded and each.problem]
        return (*self._problems, *away)

    def encoder_for(self, media_type: str) -> Encoder | None:
        """Find the encoder that serves a media type; case and parameters play no part."""
        return self._by_media_type.get(media_type) or self._by_media_type.get(essence(media_type))

    def trigger_source(self, name: str) -> TriggerSource | None:
        """Find the trigger source of exactly this name."""
        return self._trigger_sources.get(name)

    def template_encoder_for(self, media_type: str) -> TemplateEncoder | None:
        """Find the encoder that webhooks of a media type are written for; case and parameters play no part."""
        encoder = self.encoder_for(media_type)
        return encoder if isinstance(encoder, TemplateEncoder) else None

    def detect(self, template: str) -> TemplateEncoder | None:
        """Find the encoder whose content type a template has: the first to claim it, or else that of plain text.

        An encoder that fails where it is asked claims nothing. None where there is no encoder of plain text either.
        """
        for encoder in self._template_encoders:
            if encoder.name == _DETECTED_LAST or _detects(encoder, template):
                return encoder
        return None

    def _add(self, name: str, plugin: object) -> Iterator[str]:
        """Take over what one plugin registers; give the reasons why something is left out."""
        given: Iterable[Brought] = plugin if _is_brought(plugin) else brought(name, plugin)
        for each in given:
            try:
                if each.flaw:
                    yield each.flaw
                elif each.encoder is not None:
                    yield from self._claim_encoder(each.encoder)
                elif each.source is not None:
                    yield from self._claim_source(each.source)
            except (Exception, SystemExit) as error:
                yield f"cannot be used: {said(error)}"

    def _used(self, name: str, encoders: int, sources: int) -> Plugin:
        """Say what is in use of a plugin that was added after so many encoders and trigger sources."""
        origin = self._plugins[name].origin if name in self._plugins else Origin()
        added = islice(self._encoders.items(), encoders, None)
        added_sources = islice(self._trigger_sources.items(), sources, None)
        return Plugin(
            name,
            origin,
            tuple(self._used_encoder(key, encoder) for key, encoder in added),
            tuple(UsedSource(key, memory_of(source)) for key, source in added_sources),
            isolated=name in self._aparts,
        )

    def _used_encoder(self, name: str, encoder: Encoder) -> UsedEncoder:
        served = (media_type for media_type, owner in self._by_media_type.items() if owner is encoder)
        return UsedEncoder(name, tuple(sorted(served)), isinstance(encoder, TemplateEncoder))

    def _claim_encoder(self, encoder: Encoder) -> Iterator[str]:
        if encoder.name in self._encoders:
            yield f"there is an encoder named {encoder.name} already"
            return
        for media_type in sorted(encoder.media_types):
            served = self._by_media_type.setdefault(media_type, encoder)
            if served is encoder:
                self._encoders[encoder.name] = encoder
            else:
                yield f"encoder {encoder.name} is not used for {media_type}: {served.name} serves it already"

    def _claim_source(self, source: TriggerSource) -> Iterator[str]:
        if self._trigger_sources.setdefault(source.name, source) is not source:
            yield f"there is a trigger source named {source.name} already"


def _loaded(aparts: Mapping[str, Apart]) -> dict[str, list[Brought] | str]:
    if not aparts:
        return {}
    with ThreadPoolExecutor(min(_LOADED_AT_ONCE, len(aparts))) as threads:
        return dict(zip(aparts, threads.map(load_apart, aparts.values()), strict=True))


def _is_brought(plugin: object) -> TypeGuard[list[Brought]]:
    return isinstance(plugin, list) and all(isinstance(each, Brought) for each in plugin)


def memory_of(source: TriggerSource) -> bool | None:
    """Say whether the definitions of a trigger source have memory; None where it does not say."""
    return source.memory if isinstance(source, SourceApart) else remembers(source)


def _rank(name: str) -> tuple[bool, str]:
    return name != BUILTIN, name


def _turn(name: str) -> tuple[int, str]:
    if name in _DETECTED_FIRST:
        return _DETECTED_FIRST.index(name), name
    return len(_DETECTED_FIRST) + (name == _DETECTED_LAST), name


def _detects(encoder: TemplateEncoder, template: str) -> bool:
    try:
        return encoder.detects(template) is True
    except (Exception, SystemExit) as error:
        _log.warning("plugin_problem", plugin=encoder.name, reason=f"detects {words_of(error)}")
        return False


def _origin(entry: EntryPoint) -> Origin:
    return Origin() if entry.dist is None else Origin(entry.dist.name, entry.dist.version)


def _owner(entry: EntryPoint) -> str:
    return "" if entry.dist is None else re.sub(r"[-_.]+", "-", entry.dist.name).lower()
