"""The plugin's side: a process that imports one plugin and answers what it is asked, one thing at a time.

What a definition or a template was made into is kept under a key that its asker chose, the newest few thousand. Where
it is gone, the answer is `missing`, and the asker says once more what it was.
"""

import signal
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from itertools import islice
from typing import Any

from hookline_plugin import PROJECT
from hookline_plugin.encoder import EncodeError, Encoder
from hookline_plugin.remembering import remembers
from hookline_plugin.stateful import AsksCampaigns, StatefulCompiled
from hookline_plugin.template import FieldPath, Template, TemplateEncoder, TemplateError
from hookline_plugin.trigger import Compiled, NamesCampaigns, Resolving, TextError, TriggerSource, Written
from hookline_runtime.brought import brought, said
from hookline_runtime.isolation.frames import MOST, Frame
from hookline_runtime.isolation.steps import outcome_out, step_in
from hookline_runtime.isolation.values import (
    decision_out,
    flaws_out,
    happening_in,
    interests_out,
    merges_out,
    payload_in,
    payload_out,
    some,
    world_in,
)

MOST_KEPT = 4096
_MOST_WEBHOOKS = 1001
_MOST_BODY = MOST - 4096

Answer = tuple[list[Any], bytes]
Call = Callable[[list[Any]], Any]
"""Asks the asker something in the middle of a question."""


class _MissingError(Exception):
    """A key is not known here."""


@dataclass(slots=True)
class _Asked:
    """Names that are looked up where the template was written."""

    call: Call
    strict: bool

    def find(self, name: str) -> FieldPath | None:
        path = self.call(["find", str(name)])
        return None if path is None else tuple(path)

    def nearest(self, name: str) -> str | None:
        near: str | None = self.call(["nearest", str(name)])
        return near


@dataclass(slots=True)
class Server:
    """Answers questions about one plugin; `seconds` after which a call ends the process, whatever hangs."""

    call: Call
    seconds: float = 0.0
    _registered: list[Any] = field(default_factory=list)
    _kept: OrderedDict[str, Any] = field(default_factory=OrderedDict)

    def answer(self, question: list[Any]) -> Answer:
        """Answer a question; raises nothing."""
        _alarm(self.seconds)
        try:
            given = getattr(self, f"on_{question[0]}")(*question[1:])
            if not isinstance(given, bytes):
                return ["ok", given], b""
            return (["ok", None], given) if len(given) <= _MOST_BODY else (["raised", "OverflowError"], b"")
        except _MissingError as missing:
            return ["missing", *missing.args], b""
        except BaseException as error:  # it is a plugin's: the process answers whatever it raises
            return _raised(error), b""
        finally:
            _alarm(0)

    def on_load(self, name: str, value: str) -> list[Any]:
        """Import the plugin, and describe what it registers."""
        try:
            plugin = EntryPoint(name, value, PROJECT).load()
        except BaseException as error:  # as above
            return [["unimportable", said(error)]]
        return [self._described(each) for each in brought(name, plugin)]

    def on_encode(self, place: int, payload: list[Any]) -> bytes:
        """Encode a payload."""
        return _bytes(self._encoder(place).encode(payload_in(payload)))

    def on_detects(self, place: int, text: str) -> bool:
        """Whether a template is of an encoder's content type."""
        return self._writer(place).detects(text) is True

    def on_parse(self, place: int, key: str, text: str, strict: bool) -> list[Any]:
        """Parse a template, and say which merge fields it has."""
        template = self._writer(place).parse(text, _Asked(self.call, strict))
        if not isinstance(template, Template):
            raise TypeError("no template")
        merges = merges_out(template.merges)
        self._keep(key, template)
        return merges

    def on_render(self, key: str, values: list[Any]) -> bytes:
        """Render a template."""
        return _bytes(self._known(key).render(payload_in(values)))

    def on_check(self, place: int, definition: list[Any], world: list[Any]) -> list[Any]:
        """What is wrong with a definition."""
        return flaws_out(self._source(place).check(payload_in(definition), world_in(world)))

    def on_webhooks(self, place: int, definition: list[Any]) -> list[Any]:
        """Which webhooks a definition fires."""
        return list(islice(self._source(place).webhooks(payload_in(definition)), _MOST_WEBHOOKS))

    def on_campaigns(self, place: int, definition: list[Any]) -> list[Any]:
        """Which campaigns a definition names."""
        source: Any = self._source(place)
        return list(islice(source.campaigns(payload_in(definition)), _MOST_WEBHOOKS))

    def on_resolve(self, place: int, definition: list[Any], world: list[Any]) -> list[Any]:
        """What is compiled in place of a definition."""
        source: Any = self._source(place)
        return payload_out(source.resolve(payload_in(definition), world_in(world)))

    def on_read_text(self, place: int, parts: dict[str, str]) -> list[Any]:
        """The definition that texts say."""
        source: Any = self._source(place)
        return payload_out(source.read_text(parts))

    def on_write_text(self, place: int, definition: list[Any]) -> dict[str, str]:
        """The texts of a definition."""
        source: Any = self._source(place)
        return {str(name): str(text) for name, text in source.write_text(payload_in(definition)).items()}

    def on_compile(self, place: int, key: str, definition: list[Any]) -> list[Any]:
        """Compile a definition, and describe it."""
        compiled: Any = self._source(place).compile(payload_in(definition))
        if isinstance(compiled, StatefulCompiled):
            interests, watches = interests_out(compiled.interests), interests_out(compiled.watches)
            campaigns = some(compiled.campaigns, int) if isinstance(compiled, AsksCampaigns) else None
            described = ["stateful", compiled.version, compiled.paused, interests, watches, campaigns]
        elif isinstance(compiled, Compiled):
            described = ["stateless", interests_out(compiled.interests)]
        else:
            raise TypeError("no definition")
        self._keep(key, compiled)
        return described

    def on_decide(self, key: str, happening: list[Any]) -> list[Any]:
        """What a definition decides."""
        return decision_out(self._known(key).decide(happening_in(happening)))

    def on_step(self, key: str, step: list[Any], before: str | None) -> list[Any]:
        """What follows from a step."""
        compiled = self._known(key)
        return outcome_out(compiled.step(step_in(step, None if before is None else self._known(before))))

    def _described(self, each: Any) -> list[Any]:
        if each.flaw:
            return ["flaw", each.flaw]
        self._registered.append(each.encoder or each.source)
        if each.encoder is not None:
            encoder: Encoder = each.encoder
            writes = isinstance(encoder, TemplateEncoder)
            return ["encoder", encoder.name, encoder.media_type, sorted(encoder.media_types), writes]
        source: TriggerSource = each.source
        besides = [isinstance(source, each) for each in (Resolving, Written, NamesCampaigns)]
        return ["source", source.name, remembers(source), *besides]

    def _encoder(self, place: int) -> Encoder:
        found: Encoder = self._registered[place]
        return found

    def _writer(self, place: int) -> TemplateEncoder:
        found: TemplateEncoder = self._registered[place]
        return found

    def _source(self, place: int) -> TriggerSource:
        found: TriggerSource = self._registered[place]
        return found

    def _keep(self, key: str, made: object) -> None:
        self._kept[key] = made
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def _known(self, key: str) -> Any:
        if key not in self._kept:
            raise _MissingError(key)
        self._kept.move_to_end(key)
        return self._kept[key]


def frame_of(number: int, answer: Answer) -> Frame:
    """Give the frame of an answer."""
    return Frame(number, *answer)


def _raised(error: BaseException) -> list[Any]:
    try:
        match error:
            case EncodeError():
                return ["EncodeError", str(error.reason)[:1024], str(error.path)[:1024]]
            case TemplateError():
                return ["TemplateError", str(error.reason)[:1024], int(error.line), int(error.column)]
            case TextError():
                return ["TextError", str(error.part)[:256], int(error.position), str(error.reason)[:1024]]
    except Exception:  # an error of a plugin is a plugin's, too
        return ["raised", "Exception"]
    return ["raised", type(error).__name__[:100]]


def _bytes(content: Iterable[int]) -> bytes:
    if not isinstance(content, bytes):
        raise TypeError("no bytes")
    return bytes(content)


def _alarm(seconds: float) -> None:
    # The service kills what hangs. Where it is gone, the alarm does: nothing of Python has to run for it.
    signal.setitimer(signal.ITIMER_REAL, seconds)
