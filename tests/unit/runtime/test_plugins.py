"""The plugin host, with plugins as objects and with distributions that are really installed."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

import hookline_builtin
from hookline_plugin import Encoder, Payload, hookimpl
from hookline_plugin.template import Names, Template, TemplateError
from hookline_runtime.isolation.encoders import EncoderApart
from hookline_runtime.isolation.limits import Isolation
from hookline_runtime.plugins import Origin, Plugin, PluginHost, Problem, UsedEncoder

BUILT_IN = ("form", "json", "xml", "text")


@dataclass(frozen=True)
class Named:
    name: str
    media_types: frozenset[str]
    media_type: str

    def encode(self, payload: Payload) -> bytes:
        return f"{self.name} {payload}".encode()


def named(name: str, *media_types: str) -> Named:
    return Named(name, frozenset(media_types), media_types[0])


def plugin(answer: Any) -> object:
    """Give a plugin whose hook gives the answer, or raises it."""

    def register_encoders() -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return SimpleNamespace(register_encoders=hookimpl(register_encoders))


def names(host: PluginHost) -> tuple[str, ...]:
    return tuple(encoder.name for encoder in host.encoders)


GOOD = plugin([named("good", "text/good")])


def test_loads_the_built_in_plugin() -> None:
    host = PluginHost.load()
    assert names(host) == BUILT_IN
    assert host.problems == ()


@pytest.mark.parametrize(
    "media_type, name",
    [
        ("application/x-www-form-urlencoded", "form"),
        ("application/json", "json"),
        ("Application/JSON; charset=utf-8", "json"),
        (" text/xml ", "xml"),
        ("application/xml;charset=utf-8", "xml"),
        ("text/plain", "text"),
        ("text/csv", None),
        ("application/json+x", None),
        ("", None),
    ],
)
def test_finds_an_encoder_by_media_type(media_type: str, name: str | None) -> None:
    found = PluginHost({"builtin": hookline_builtin}).encoder_for(media_type)
    assert (found and found.name) == name


def raising() -> object:
    class Raising:
        name = "raising"
        media_types = frozenset({"text/x"})

        @property
        def media_type(self) -> str:
            raise OSError("disk")

        def encode(self, payload: Payload) -> bytes:
            return b""

    return Raising()


def with_argument() -> object:
    @hookimpl
    def register_encoders(colour: str) -> Sequence[Encoder]:
        return ()

    return SimpleNamespace(register_encoders=register_encoders)


def with_unknown_hook() -> object:
    @hookimpl
    def register_colours() -> Sequence[str]:
        return ()

    return SimpleNamespace(register_colours=register_colours)


@pytest.mark.parametrize(
    "bad, reason",
    [
        (plugin(RuntimeError("no\n  licence")), "cannot be used: RuntimeError: no licence"),
        (plugin(SystemExit(1)), "cannot be used: SystemExit: 1"),
        (plugin(7), "register_encoders gave int, not a list or tuple"),
        (plugin("abc"), "register_encoders gave str, not a list or tuple"),
        (plugin(named("bad", "text/bad")), "register_encoders gave Named, not a list or tuple"),
        (plugin(None), "register_encoders gave nothing"),
        (plugin([object()]), "object is not an encoder: it needs name, media_type, media_types and encode"),
        (plugin([named("Bad", "text/bad")]), "name must be lower-case letters and digits, joined by '-', '_' or '.'"),
        (plugin([raising()]), "cannot be used: OSError: disk"),
        (SimpleNamespace(), "it implements no hook; are its functions marked with hookimpl?"),
        (None, "it implements no hook; are its functions marked with hookimpl?"),
        (with_unknown_hook(), "this version of Hookline has no hook register_colours"),
    ],
)  # fmt: skip
def test_a_bad_plugin_stops_nobody(bad: object, reason: str) -> None:
    with capture_logs() as logs:
        host = PluginHost({"builtin": hookline_builtin, "bad": bad, "good": GOOD})
    assert names(host) == (*BUILT_IN, "good")
    assert host.problems == (Problem("bad", reason),)
    assert logs == [{"event": "plugin_problem", "log_level": "warning", "plugin": "bad", "reason": reason}]


def test_a_hook_with_unknown_arguments_is_reported() -> None:
    host = PluginHost({"bad": with_argument(), "good": GOOD})
    assert names(host) == ("good",)
    assert [problem.plugin for problem in host.problems] == ["bad"]


def test_the_good_encoders_of_a_plugin_are_kept() -> None:
    host = PluginHost({"mixed": plugin([object(), named("a", "text/a"), named("b", "b"), named("c", "text/c")])})
    assert names(host) == ("a", "c")
    assert len(host.problems) == 2


def test_a_reason_is_short() -> None:
    host = PluginHost({"bad": plugin(RuntimeError("x" * 10_000))})
    assert len(host.problems[0].reason) < 400


def test_a_wrapper_reaches_into_no_other_plugin() -> None:
    @hookimpl(wrapper=True)
    def register_encoders() -> Any:
        yield
        return [[]]

    host = PluginHost({"a": SimpleNamespace(register_encoders=register_encoders), "good": GOOD})
    assert names(host) == ("good",)
    assert host.problems == ()


@pytest.mark.parametrize("order", [("builtin", "a", "b"), ("b", "a", "builtin")])
def test_the_first_in_the_order_of_names_keeps_a_media_type(order: tuple[str, ...]) -> None:
    plugins = {
        "builtin": hookline_builtin,
        "a": plugin([named("a-json", "application/json"), named("a-csv", "text/csv", "text/comma")]),
        "b": plugin([named("b-csv", "text/csv", "text/tab"), named("json", "text/json")]),
    }
    host = PluginHost({name: plugins[name] for name in order})
    assert names(host) == (*BUILT_IN, "a-csv", "b-csv")
    assert host.encoder_for("application/json") is host.encoders[1]
    assert host.encoder_for("text/csv") is host.encoders[4]
    assert host.encoder_for("text/tab") is host.encoders[5]
    assert host.encoder_for("text/json") is None
    assert host.problems == (
        Problem("a", "encoder a-json is not used for application/json: json serves it already"),
        Problem("b", "encoder b-csv is not used for text/csv: a-csv serves it already"),
        Problem("b", "there is an encoder named json already"),
    )


Install = Callable[[str, str, str, str | None], None]

PLUGIN = """
from hookline_plugin import hookimpl

class Upper:
    name = {name!r}
    media_type = "text/{name}"
    media_types = frozenset({{"text/{name}"}})

    def encode(self, payload):
        return repr(payload).upper().encode()

@hookimpl
def register_encoders():
    return [Upper()]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution with one entry point and, unless None, its module."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def distribution(name: str, entry: str, module: str, source: str | None) -> None:
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[hookline]\n{entry} = {module}\n")
        if source is not None:
            (tmp_path / f"{module}.py").write_text(source)
            monkeypatch.delitem(sys.modules, module, raising=False)

    return distribution


def test_loads_what_is_installed(install: Install) -> None:
    install("acme-upper", "upper", "acme_upper", PLUGIN.format(name="upper"))
    host = PluginHost.load()
    assert names(host) == (*BUILT_IN, "upper")
    found = host.encoder_for("text/upper")
    assert found is not None
    assert found.encode({"a": "b"}) == b"{'A': 'B'}"


@pytest.mark.parametrize("trusted, isolated", [(set(), True), ({"other"}, True), ({"upper"}, False), ({"*"}, False)])
def test_who_is_trusted_runs_in_the_service_itself(install: Install, trusted: set[str], isolated: bool) -> None:
    install("acme-upper", "upper", "acme_upper_3", PLUGIN.format(name="upper"))
    host = PluginHost.load(Isolation(trusted=frozenset(trusted)))
    assert isinstance(host.encoder_for("text/upper"), EncoderApart) is isolated
    assert {each.name: each.isolated for each in host.plugins} == {"builtin": False, "upper": isolated}
    assert [each.name for each in host.aparts] == (["upper"] if isolated else [])
    host.close()
    assert [each.reason for each in host.problems] == (
        ["is not asked at the moment: it is stopped"] if isolated else []
    )


def test_what_cannot_be_imported_stops_nobody(install: Install) -> None:
    install("acme-missing", "missing", "acme_missing", None)
    install("acme-raising", "raising", "acme_raising", "1 / 0")
    install("acme-exiting", "exiting", "acme_exiting", "raise SystemExit('bye')")
    install("acme-broken", "broken", "acme_broken", "def (")
    install("acme-upper", "upper", "acme_upper_2", PLUGIN.format(name="upper"))
    host = PluginHost.load()
    assert names(host) == (*BUILT_IN, "upper")
    assert host.problems == (
        Problem("broken", "cannot be imported: SyntaxError: invalid syntax"),
        Problem("exiting", "cannot be imported: SystemExit: bye"),
        Problem("missing", "cannot be imported: ModuleNotFoundError: No module named 'acme_missing'"),
        Problem("raising", "cannot be imported: ZeroDivisionError: division by zero"),
    )


def test_a_plugin_name_belongs_to_one_distribution(install: Install) -> None:
    install("acme-one", "same", "acme_one", PLUGIN.format(name="one"))
    install("acme-two", "same", "acme_two", PLUGIN.format(name="two"))
    install("acme-three", "builtin", "acme_three", PLUGIN.format(name="three"))
    host = PluginHost.load()
    assert names(host) == (*BUILT_IN, "one")
    assert host.problems == (
        Problem("builtin", "its name is taken; acme-three must choose another"),
        Problem("same", "its name is taken; acme-two must choose another"),
    )


@pytest.mark.parametrize(
    "stated, reason",
    [
        (1, None),
        (2, "it is written for version 2 of the plugin API; this is version 1"),
        (0, "it is written for version 0 of the plugin API; this is version 1"),
        (10**30, f"it is written for version {10**19} of the plugin API; this is version 1"),
        ("1", "its hookline_api must be a whole number, the version of the plugin API that it is written for"),
        (True, "its hookline_api must be a whole number, the version of the plugin API that it is written for"),
        (None, "its hookline_api must be a whole number, the version of the plugin API that it is written for"),
    ],
)
def test_a_plugin_for_another_version_of_the_api_is_not_asked(stated: object, reason: str | None) -> None:
    written = plugin([named("a", "text/a")] if reason is None else AssertionError("it was asked"))
    vars(written)["hookline_api"] = stated
    host = PluginHost({"acme": written, "good": GOOD})
    assert names(host) == (("a", "good") if reason is None else ("good",))
    assert host.problems == (() if reason is None else (Problem("acme", reason),))


def test_an_api_version_that_raises_stops_nobody() -> None:
    class Raising:
        @property
        def hookline_api(self) -> int:
            raise OSError("disk")

    host = PluginHost({"bad": Raising(), "good": GOOD})
    assert host.problems == (Problem("bad", "cannot be used: OSError: disk"),)
    assert names(host) == ("good",)


def test_says_what_is_in_use_of_each_plugin() -> None:
    host = PluginHost(
        {
            "b": plugin([named("b-csv", "text/csv", "text/tab"), named("b-json", "application/json")]),
            "a": plugin([named("a-csv", "text/csv", "text/comma")]),
            "builtin": hookline_builtin,
            "empty": plugin([]),
        },
        origins={"a": Origin("acme", "1.2"), "gone": Origin("acme-gone", "3")},
    )
    builtin, *others = host.plugins
    assert builtin.name == "builtin"
    assert [(each.name, each.webhooks) for each in builtin.encoders] == [(name, True) for name in BUILT_IN]
    assert builtin.encoders[2].media_types == ("application/xml", "text/xml")
    assert ("global_rule", True) in [(each.name, each.memory) for each in builtin.trigger_sources]
    assert others == [
        Plugin("a", Origin("acme", "1.2"), (UsedEncoder("a-csv", ("text/comma", "text/csv"), webhooks=False),)),
        Plugin("b", Origin(), (UsedEncoder("b-csv", ("text/tab",), webhooks=False),)),
        Plugin("empty", Origin()),
        Plugin("gone", Origin("acme-gone", "3")),
    ]


def test_says_where_a_plugin_comes_from(install: Install) -> None:
    install("Acme.Upper", "upper", "acme_upper", PLUGIN.format(name="upper"))
    install("acme-raising", "raising", "acme_raising", "1 / 0")
    found = {each.name: each for each in PluginHost.load().plugins}
    assert list(found) == ["builtin", "raising", "upper"]
    assert found["upper"].origin == Origin("Acme.Upper", "1.0")
    assert found["raising"] == Plugin("raising", Origin("acme-raising", "1.0"), isolated=True)
    assert found["builtin"].origin.distribution == "hookline-builtin"
    assert found["builtin"].origin.version


@dataclass(frozen=True)
class Writable(Named):
    claims: str = ""

    def detects(self, text: str) -> bool:
        if self.claims == "raise":
            raise RuntimeError(text)
        return text.startswith(self.claims)

    def parse(self, text: str, names: Names) -> Template:
        raise TemplateError("not needed here", 1, 1)


def writable(name: str, claims: str) -> Writable:
    return Writable(name, frozenset({f"text/{name}"}), f"text/{name}", claims)


def test_asks_for_content_types_in_a_fixed_order() -> None:
    encoders = [writable(name, "") for name in ("zebra", "text", "form", "ant", "xml", "json")]
    host = PluginHost({"them": plugin([named("older", "text/older"), *encoders])})
    assert [encoder.name for encoder in host.template_encoders] == ["json", "xml", "form", "ant", "zebra", "text"]


@pytest.mark.parametrize("template, name", [("a1", "ant"), ("z1", "zebra"), ("?", "text"), ("", "text")])
def test_detects_with_plain_text_as_the_last_resort(template: str, name: str) -> None:
    encoders = [writable("text", "never"), writable("zebra", "z"), writable("ant", "a"), writable("json", "raise")]
    found = PluginHost({"them": plugin(encoders)}).detect(template)
    assert found is not None
    assert found.name == name


def test_detects_nothing_without_an_encoder_of_plain_text() -> None:
    assert PluginHost({"them": plugin([named("text", "text/plain"), writable("ant", "a")])}).detect("b") is None


def test_webhooks_are_written_for_encoders_that_have_templates() -> None:
    host = PluginHost({"them": plugin([named("older", "text/older"), writable("ant", "a")])})
    found = host.template_encoder_for("Text/Ant; charset=utf-8")
    assert found is not None
    assert found.name == "ant"
    assert host.template_encoder_for("text/older") is None
    assert host.template_encoder_for("text/none") is None
