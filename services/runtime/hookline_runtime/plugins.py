"""The plugin host: finds plugins by their entry points, asks each what it registers, and answers who serves what.

One bad plugin never stops the others: what fails to import, raises or registers junk is left out, logged and kept in
`problems`. Every plugin has a pluggy manager of its own, so that no hook wrapper of one reaches into another.
Built-in plugins come first, the others by name; the first to claim a media type, or the name of an encoder or trigger
source, keeps it. A plugin that states that it is written for another version of the plugin API is not asked at all.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from traceback import format_exception_only
from typing import Any, Self

import pluggy
import structlog

from hookline_plugin import PROJECT, Encoder, encoder_flaw, spec
from hookline_plugin.media_type import essence
from hookline_plugin.remembering import remembers
from hookline_plugin.spec import API_VERSION
from hookline_plugin.template import TemplateEncoder
from hookline_plugin.trigger import TriggerSource, source_flaw

BUILTIN = "builtin"
_BUILTIN_OWNER = "hookline-builtin"
_MAX_REASON = 300
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


class PluginHost:
    """What the plugins registered; it never changes after it was made."""

    def __init__(
        self,
        plugins: Mapping[str, object],
        problems: Sequence[Problem] = (),
        origins: Mapping[str, Origin] | None = None,
    ) -> None:
        """Ask the plugins, given by name; `problems` and `origins` are of those found on the way here, used or not."""
        self._problems = list(problems)
        self._plugins = {name: Plugin(name, origin) for name, origin in (origins or {}).items()}
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
    def load(cls) -> Self:
        """Import and ask every plugin that is installed in this environment."""
        plugins: dict[str, object] = {}
        problems: list[Problem] = []
        origins: dict[str, Origin] = {}
        for entry in sorted(entry_points(group=PROJECT), key=lambda entry: (*_rank(entry.name), _owner(entry))):
            if entry.name in plugins or (entry.name == BUILTIN and _owner(entry) != _BUILTIN_OWNER):
                problems.append(Problem(entry.name, f"its name is taken; {_owner(entry)} must choose another"))
                continue
            origins[entry.name] = _origin(entry)
            try:
                plugins[entry.name] = entry.load()
            except (Exception, SystemExit) as error:
                problems.append(Problem(entry.name, f"cannot be imported: {_said(error)}"))
        return cls(plugins, problems, origins)

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
        """What the plugins brought that is not in use, and why."""
        return tuple(self._problems)

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

    def _add(self, name: str, plugin: object) -> list[str]:
        """Take over what one plugin registers; give the reasons why something is left out."""
        reasons: list[str] = []
        try:
            flaw = _api_flaw(plugin)
            if flaw is not None:
                return [flaw]
            manager = pluggy.PluginManager(PROJECT)
            manager.add_hookspecs(spec)
            manager.register(plugin, name)
            reasons.extend(_misfits(manager, plugin))
        except (Exception, SystemExit) as error:
            return [*reasons, f"cannot be used: {_said(error)}"]
        for hook, claim in (
            (manager.hook.register_encoders, self._claim_encoder),
            (manager.hook.register_trigger_sources, self._claim_source),
        ):
            try:
                # One by one: what was said before a plugin raises is kept, and so is what its other hook gives.
                for reason in _claims(hook, claim):
                    reasons.append(reason)
            except (Exception, SystemExit) as error:
                reasons.append(f"cannot be used: {_said(error)}")
        return reasons

    def _used(self, name: str, encoders: int, sources: int) -> Plugin:
        """Say what is in use of a plugin that was added after so many encoders and trigger sources."""
        origin = self._plugins[name].origin if name in self._plugins else Origin()
        added = islice(self._encoders.items(), encoders, None)
        added_sources = islice(self._trigger_sources.items(), sources, None)
        return Plugin(
            name,
            origin,
            tuple(self._used_encoder(key, encoder) for key, encoder in added),
            tuple(UsedSource(key, remembers(source)) for key, source in added_sources),
        )

    def _used_encoder(self, name: str, encoder: Encoder) -> UsedEncoder:
        served = (media_type for media_type, owner in self._by_media_type.items() if owner is encoder)
        return UsedEncoder(name, tuple(sorted(served)), isinstance(encoder, TemplateEncoder))

    def _claim_encoder(self, encoder: Encoder) -> Iterator[str]:
        flaw = encoder_flaw(encoder)
        if flaw is not None:
            yield flaw
            return
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
        flaw = source_flaw(source)
        if flaw is not None:
            yield flaw
        elif self._trigger_sources.setdefault(source.name, source) is not source:
            yield f"there is a trigger source named {source.name} already"


def _claims(hook: pluggy.HookCaller, claim: Callable[[Any], Iterator[str]]) -> Iterator[str]:
    answers = hook()
    if not answers and hook.get_hookimpls():
        yield f"{hook.name} gave nothing"
    for answer in answers:
        if not isinstance(answer, (list, tuple)):
            yield f"{hook.name} gave {type(answer).__name__}, not a list or tuple"
            continue
        for candidate in answer:
            yield from claim(candidate)


def _api_flaw(plugin: object) -> str | None:
    stated: object = getattr(plugin, "hookline_api", API_VERSION)
    if type(stated) is not int:
        return "its hookline_api must be a whole number, the version of the plugin API that it is written for"
    if stated != API_VERSION:
        return f"it is written for version {str(stated)[:20]} of the plugin API; this is version {API_VERSION}"
    return None


def _misfits(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    hooks = manager.get_hookcallers(plugin)
    if not hooks:
        yield "it implements no hook; are its functions marked with hookimpl?"
    for hook in hooks or ():
        if not hook.has_spec():
            yield f"this version of Hookline has no hook {hook.name}"


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
        _log.warning("plugin_problem", plugin=encoder.name, reason=f"detects failed with {type(error).__name__}")
        return False


def _origin(entry: EntryPoint) -> Origin:
    return Origin() if entry.dist is None else Origin(entry.dist.name, entry.dist.version)


def _owner(entry: EntryPoint) -> str:
    return "" if entry.dist is None else re.sub(r"[-_.]+", "-", entry.dist.name).lower()


def _said(error: BaseException) -> str:
    """Give the last line of what an error says, without a traceback; safe where its own `str` raises."""
    return " ".join(format_exception_only(error)[-1].split())[:_MAX_REASON]
