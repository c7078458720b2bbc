"""Rules and forms that settle: what they may say of it, and what they become."""

from typing import Any

import pytest

from hookline_builtin.triggers import FormRuleSource, GlobalRuleSource
from hookline_builtin.triggers.form_rule import CompiledForm
from hookline_builtin.triggers.global_rule import CompiledRule
from hookline_plugin import Payload
from hookline_plugin.settled import Settled

from .rules import SOURCE as RULES
from .rules import WORLD, rule
from .test_form_rule import form

FORMS = FormRuleSource()
SECOND = 1_000_000

Source = GlobalRuleSource | FormRuleSource


def definition(source: Source, **more: Any) -> Payload:
    return rule(**more) if source is RULES else form(7, **more)


SOURCES = pytest.mark.parametrize("source", [RULES, FORMS], ids=lambda source: str(source.name))


@SOURCES
@pytest.mark.parametrize("quiet", ["0.001s", "10s", "3600s", "0.5s", "1.000000001s"])
def test_one_that_settles_has_memory(source: Source, quiet: str) -> None:
    settling = definition(source, settle={"quiet": quiet})
    assert list(source.check(settling, WORLD)) == []
    compiled = source.compile(settling)
    assert isinstance(compiled, Settled)
    assert not compiled.paused
    assert compiled.quiet == int(float(quiet[:-1]) * SECOND)
    assert list(compiled.interests) == list(source.compile(definition(source)).interests)


@SOURCES
@pytest.mark.parametrize("settle", [{}, {"quiet": "0s"}, {"longest": "9s"}, {"quiet": "0s", "longest": "86400s"}])
def test_one_that_does_not_has_none(source: Source, settle: dict[str, str]) -> None:
    plain = definition(source, settle=settle)
    assert list(source.check(plain, WORLD)) == []
    assert isinstance(source.compile(plain), CompiledRule | CompiledForm)


@SOURCES
def test_one_that_is_paused_says_so(source: Source) -> None:
    for settle in ({}, {"quiet": "1s"}):
        compiled = source.compile(definition(source, settle=settle, paused=True))
        assert compiled.paused
        assert not compiled.interests


def test_a_form_without_actions_is_not_paused_by_that() -> None:
    compiled = FORMS.compile(form(settle={"quiet": "1s"}))
    assert isinstance(compiled, Settled)
    assert not compiled.paused
    assert not compiled.interests


@SOURCES
@pytest.mark.parametrize(
    "settle, path",
    [
        (3, "settle"),
        ("10s", "settle"),
        ([], "settle"),
        (None, "settle"),
        ({"quiet": "3601s"}, "settle.quiet"),
        ({"quiet": "3600.000001s"}, "settle.quiet"),
        ({"quiet": "-1s"}, "settle.quiet"),
        ({"quiet": "1"}, "settle.quiet"),
        ({"quiet": "\N{ARABIC-INDIC DIGIT ONE}s"}, "settle.quiet"),
        ({"quiet": "1e3s"}, "settle.quiet"),
        ({"quiet": "9" * 5000 + "s"}, "settle.quiet"),
        ({"quiet": 10}, "settle.quiet"),
        ({"quiet": {}}, "settle.quiet"),
        ({"quiet": True}, "settle.quiet"),
        ({"quiet": "1s", "longest": "86401s"}, "settle.longest"),
        ({"quiet": "10s", "longest": "9.999999s"}, "settle.longest"),
    ],
)
def test_what_it_may_not_say_is_refused_with_its_path(source: Source, settle: object, path: str) -> None:
    bad = definition(source, settle=settle)
    assert [flaw.path for flaw in source.check(bad, WORLD)] == [path]
    with pytest.raises(ValueError, match=path):
        source.compile(bad)
