"""Whether a source has memory, as its types say."""

from typing import Any

import pytest

from hookline_builtin.campaign import CampaignSource
from hookline_builtin.triggers import FormRuleSource, GlobalRuleSource
from hookline_plugin import Compiled, Payload
from hookline_plugin.remembering import memories, remembers
from hookline_plugin.stateful import StatefulCompiled


class Untyped:
    def compile(self, definition):  # type: ignore[no-untyped-def]  # that is what it is about
        raise NotImplementedError


class Stateless:
    def compile(self, definition: Payload) -> Compiled:
        raise NotImplementedError


class Stateful:
    def compile(self, definition: Payload) -> "StatefulCompiled":
        raise NotImplementedError


class Unknown:
    def compile(self, definition: Payload) -> "NoSuchName":  # type: ignore[name-defined]  # noqa: F821 - that is the point
        raise NotImplementedError


class Neither:
    def compile(self, definition: Payload) -> Any:
        raise NotImplementedError


class Either:
    def compile(self, definition: Payload) -> "Compiled | StatefulCompiled":
        raise NotImplementedError


class EitherUnquoted:
    def compile(self, definition: Payload) -> Compiled | StatefulCompiled:
        raise NotImplementedError


class HalfUnknown:
    def compile(self, definition: Payload) -> "Compiled | Any":
        raise NotImplementedError


class Raising:
    @property
    def compile(self) -> object:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "source, memory",
    [
        (GlobalRuleSource(), True),
        (FormRuleSource(), True),
        (CampaignSource(), True),
        (Stateless(), False),
        (Stateful(), True),
        (Untyped(), None),
        (Unknown(), None),
        (Neither(), None),
        (Raising(), None),
        (Either(), True),
        (EitherUnquoted(), True),
        (HalfUnknown(), None),
        (None, None),
    ],
)
def test_memory_is_told_by_the_type_of_what_compile_gives(source: object, memory: bool | None) -> None:
    assert remembers(source) is memory


@pytest.mark.parametrize(
    "source, told",
    [(Either(), {True, False}), (EitherUnquoted(), {True, False}), (Stateful(), {True}), (Stateless(), {False})],
)
def test_some_definitions_may_have_memory_and_others_none(source: object, told: set[bool]) -> None:
    assert memories(source) == told
