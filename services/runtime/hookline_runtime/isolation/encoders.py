"""Encoders of plugins that run apart: the Protocols of the plugin API, kept by asking the plugin's process."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from hookline_plugin.encoder import Payload
from hookline_plugin.leaves import refusal
from hookline_plugin.template import Merge, Names
from hookline_runtime.isolation.answers import Answer, body_of, value_of
from hookline_runtime.isolation.apart import Apart, Turn
from hookline_runtime.isolation.frames import Unsayable
from hookline_runtime.isolation.values import merges_in, payload_out

_keys = count()


class EncoderApart:
    """An encoder; every method blocks, for as long as the plugin's bound allows."""

    def __init__(self, apart: Apart, place: int, name: str, media_type: str, media_types: frozenset[str]) -> None:
        self.apart = apart
        self.name = name
        self.media_type = media_type
        self.media_types = media_types
        self._place = place

    def encode(self, payload: Payload) -> bytes:
        """Encode a payload; raises EncodeError as the plugin does, and PluginTrouble."""
        with self.apart.turn(self.apart.limits.seconds) as turn:
            try:
                answer = turn.ask(["encode", self._place, payload_out(payload)])
            except (Unsayable, RecursionError):
                raise refusal(payload) from None
        return body_of(self.apart, answer)


class TemplateEncoderApart(EncoderApart):
    """An encoder that webhooks can be written in."""

    def detects(self, text: str) -> bool:
        """Whether a template is probably of this content type; raises PluginTrouble."""
        with self.apart.turn(self.apart.limits.seconds) as turn:
            answer = turn.ask(["detects", self._place, text])
        return value_of(self.apart, answer, lambda given: given is True)

    def parse(self, text: str, names: Names) -> "TemplateApart":
        """Parse a template; raises TemplateError as the plugin does, and PluginTrouble."""
        return TemplateApart(self.apart, self._place, text, names)


class TemplateApart:
    """A template that was parsed. Where the plugin's process has begun anew since, it is parsed again there."""

    def __init__(self, apart: Apart, place: int, text: str, names: Names) -> None:
        self.apart = apart
        self._place = place
        self._text = text
        self._names = names
        self._key = f"template-{next(_keys)}"
        with apart.turn(apart.limits.seconds) as turn:
            answer = self._parse(turn)
        self._merges = value_of(apart, answer, merges_in)

    @property
    def merges(self) -> Sequence[Merge]:
        """The merge fields, in the order in which they stand."""
        return self._merges

    def render(self, values: Payload) -> bytes:
        """Give the body; raises EncodeError as the plugin does, and PluginTrouble."""
        with self.apart.turn(self.apart.limits.seconds) as turn:
            try:
                question = ["render", self._key, payload_out(values)]
                answer = turn.ask(question)
                if answer[0][:1] == ["missing"]:
                    parsed = self._parse(turn)
                    answer = turn.ask(question) if parsed[0][:1] == ["ok"] else parsed
            except (Unsayable, RecursionError):
                raise refusal(values) from None
        return body_of(self.apart, answer)

    def _parse(self, turn: Turn) -> Answer:
        return turn.ask(["parse", self._place, self._key, self._text, self._names.strict], self._answer)

    def _answer(self, question: list[Any]) -> Any:
        asked, name = question
        if asked == "nearest":
            return self._names.nearest(name)
        path = self._names.find(name)
        return None if path is None else list(path)
