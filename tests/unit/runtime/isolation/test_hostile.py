"""Plugins that do harm: each costs its own calls, is killed at its bound, and is there again afterwards."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hookline_plugin import EncodeError, Flaw, Happening, TemplateEncoder, World
from hookline_plugin.stateful import Memory, ObjectState, Occurred, StatefulCompiled, Step
from hookline_plugin.trigger import Compiled, Resolving, Written
from hookline_runtime.brought import Brought
from hookline_runtime.isolation import breaker
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.limits import Limits
from hookline_runtime.isolation.loading import load_apart
from hookline_runtime.isolation.trouble import PluginAway, PluginFailed, PluginStopped
from hookline_runtime.webhook.names import KnownNames
from tests.unit.runtime.isolation import hostile

LIMITS = Limits(seconds=1.5, megabytes=512)
BOUND = 20.0
NAMES = KnownNames({"email": ("email",)})


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    monkeypatch.setattr(breaker, "FIRST", 0.01)
    made = Apart("hostile", hostile.__name__, LIMITS)
    yield made
    made.close()


@pytest.fixture
def brought(apart: Apart) -> list[Brought]:
    found = load_apart(apart)
    assert not isinstance(found, str)
    assert [each.flaw for each in found] == [""] * 3
    return found


@pytest.fixture
def encoder(brought: list[Brought]) -> TemplateEncoder:
    (found,) = [each.encoder for each in brought if each.encoder]
    assert isinstance(found, TemplateEncoder)
    return found


@pytest.fixture
def sources(brought: list[Brought]) -> dict[str, Any]:
    return {each.source.name: each.source for each in brought if each.source}


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < end, "it took too long"
        threading.Event().wait(0.005)


def up_again(apart: Apart) -> None:
    until(lambda: apart.up)


def test_what_is_built_of_it_says_what_the_plugin_says(encoder: TemplateEncoder) -> None:
    assert encoder.encode({"a": ["b", {"ä": 1.5}], "n": 10**30}) == str({"a": ["b", {"ä": 1.5}], "n": 10**30}).encode()
    assert (encoder.detects("#hostile"), encoder.detects("a")) == (True, False)
    template = encoder.parse("Hi [Email|nobody]", NAMES)
    assert [(each.path, each.default) for each in template.merges] == [(("email",), "nobody")]
    assert template.render({"email": "[Email]"}) == b"Hi [Email]"
    with pytest.raises(EncodeError, match="not a finite number"):
        template.render({"email": float("nan")})
    with pytest.raises(EncodeError):
        encoder.encode({"a": 10**5000})


STOPS = {
    "hang": "did not answer within 1.5 s",
    "hang hard": "did not answer within 1.5 s",
    "end": "ended by itself, with status 3",
    "crash": "was ended by signal 11",
    "pipe": "answered what cannot be read",
}


@pytest.mark.parametrize("what, words", STOPS.items())
def test_what_hangs_or_ends_is_killed_and_started_again(
    apart: Apart, encoder: TemplateEncoder, what: str, words: str
) -> None:
    with pytest.raises(PluginStopped) as stopped:
        encoder.encode({"do": what})
    assert str(stopped.value) == f"the plugin hostile {words}"
    up_again(apart)
    assert encoder.encode({}) == b"{}"
    assert (apart.counts.stopped, apart.counts.kills, apart.counts.restarts) == (1, 1, 1)


@pytest.mark.parametrize(
    "what, kind",
    {"raise": "RuntimeError", "exit": "SystemExit", "memory": "MemoryError", "text": "TypeError"}.items(),
)
def test_what_raises_goes_on(apart: Apart, encoder: TemplateEncoder, what: str, kind: str) -> None:
    with pytest.raises(PluginFailed) as failed:
        encoder.encode({"do": what})
    assert failed.value.words == f"failed with {kind}"
    assert encoder.encode({}) == b"{}"
    assert (apart.counts.raised, apart.counts.kills) == (1, 0)


def test_an_answer_has_a_bound(encoder: TemplateEncoder) -> None:
    with pytest.raises(PluginFailed, match="OverflowError"):
        encoder.encode({"do": "huge"})


def test_what_it_prints_goes_nowhere(encoder: TemplateEncoder, capfd: pytest.CaptureFixture[str]) -> None:
    assert encoder.encode({"do": "print"}) == b"{'do': 'print'}"
    assert capfd.readouterr() == ("", "")


def test_it_is_left_alone_for_longer_each_time(apart: Apart, encoder: TemplateEncoder) -> None:
    for number in range(3):
        with pytest.raises(PluginStopped):
            encoder.encode({"do": "end"})
        with pytest.raises(PluginAway, match="is not asked at the moment: it ended by itself"):
            encoder.encode({})
        up_again(apart)
        assert apart.counts.away == number + 1


def test_a_template_and_definitions_outlive_its_process(
    apart: Apart, encoder: TemplateEncoder, sources: dict[str, Any]
) -> None:
    template = encoder.parse("[Email]", NAMES)
    compiled = sources["hostile"].compile({"a": 1})
    remembering: object = sources["remembering"].compile({"a": 2})
    assert isinstance(remembering, StatefulCompiled)
    with pytest.raises(PluginStopped):
        encoder.encode({"do": "end"})
    up_again(apart)
    step = replace(STEP, memory=Memory(b"\xff", 1), before=remembering)
    assert template.render({"email": "a"}) == b"a"
    assert compiled.decide(HAPPENING).fires == hostile.HostileCompiled({}).decide(HAPPENING).fires
    assert remembering.step(step) == hostile.Remembering({}).step(step)


HAPPENING = Happening("sub_tag", {"tag_id": "4"}, 0, "8", {"email": "a"}, ("email",), ("4",), 1, 2)
STEP = Step(Occurred("e", HAPPENING), ObjectState(0, "8", {}), None, 5)


def test_sources_are_what_they_are(sources: dict[str, Any]) -> None:
    world = World({0: ()}, {7: 0})
    source = sources["hostile"]
    assert (isinstance(source, Resolving), isinstance(source, Written)) == (True, False)
    assert source.check({"do": "refuse"}, world) == (Flaw("do", "is refused"),)
    assert source.check({}, world) == ()
    assert source.webhooks({"fires": [1, 2]}) == (1, 2)
    assert source.resolve({"a": 1}, world) == {"a": 1, "resolved": 1}
    with pytest.raises(ValueError, match="refused"):
        source.compile({"compile": "refuse"})
    compiled: object = source.compile({})
    assert isinstance(compiled, Compiled)
    assert not isinstance(compiled, StatefulCompiled)


@pytest.mark.parametrize("junk", ["number", "memory", "raise", "exit"])
def test_junk_of_a_source_is_no_answer(sources: dict[str, Any], junk: str) -> None:
    remembering: object = sources["remembering"].compile({"step": junk})
    assert isinstance(remembering, StatefulCompiled)
    for ask in (
        lambda: sources["hostile"].compile({"compile": junk}),
        lambda: sources["hostile"].compile({"decide": junk}).decide(HAPPENING),
        lambda: remembering.step(STEP),
        lambda: sources["hostile"].check({"do": junk}, World({}, {})),
    ):
        with pytest.raises(PluginFailed):
            ask()


@pytest.mark.parametrize(
    "program, words",
    [
        ("import time; time.sleep(60)", "cannot be imported: it did not answer within 0.3 s"),
        ("import os; os._exit(0)", "cannot be imported: it ended by itself, with status 0"),
        ("x = bytearray(1 << 40)", "cannot be imported: MemoryError"),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
    ],
)
def test_an_import_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "acme_bad.py").write_text(program)
    apart = Apart("bad", "acme_bad", replace(LIMITS, import_seconds=0.3 if "sleep" in program else BOUND))
    assert load_apart(apart) == words
    assert not apart.up


async def test_one_that_hangs_holds_up_neither_the_loop_nor_who_waits_behind(
    apart: Apart, encoder: TemplateEncoder
) -> None:
    asked = [
        apart.run(lambda: encoder.encode({"do": "hang"})),
        *(apart.run(lambda: encoder.encode({})) for _ in range(50)),
    ]
    turns = 0
    waiting = asyncio.gather(*asked, return_exceptions=True)
    while not waiting.done():
        turns += 1
        await asyncio.sleep(0.001)
    stopped, *others = await waiting
    assert isinstance(stopped, PluginStopped)
    assert all(isinstance(each, PluginAway) or each == b"{}" for each in others)
    assert turns > 10


def test_it_ends_with_its_pipe_which_is_nobodys_fault(apart: Apart, encoder: TemplateEncoder) -> None:
    assert apart._child is not None
    process = apart._child._process
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(BOUND) == 0
    with pytest.raises(PluginAway):
        encoder.encode({})
    up_again(apart)
    assert encoder.encode({}) == b"{}"


def test_one_that_is_asked_may_be_closed(apart: Apart, encoder: TemplateEncoder) -> None:
    child = apart._child
    assert child is not None
    before = child._number
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(encoder.encode, {"do": "hang"})
        until(lambda: child._number > before)  # whoever has the turn may not have looked for the process yet
        apart.close()
        assert isinstance(asked.exception(BOUND), PluginStopped)
    with pytest.raises(PluginAway, match="it is stopped"):
        encoder.encode({})


def test_it_gets_no_secrets(brought: list[Brought], apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart._child is not None
    environment = Path(f"/proc/{apart._child._process.pid}/environ").read_text()
    names = {each.partition("=")[0] for each in environment.split("\0")}
    assert "PATH" in names
    assert not any(name.startswith("HOOKLINE") for name in names)
