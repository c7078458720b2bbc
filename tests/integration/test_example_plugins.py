"""The plugins in examples/plugins: found as installed, at home without the services, and passing their own tests."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hookline_plugin.stateful import StatefulSource
from hookline_runtime.plugins import PluginHost
from tests.integration.installed_plugins import EXAMPLES, ROOT, install_examples, project

PLUGINS = EXAMPLES
WITHOUT_CACHES = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install_examples(tmp_path, monkeypatch)
    return tmp_path


def test_they_are_there() -> None:
    assert list(PLUGINS) == ["hookline-csv", "hookline-msgpack", "hookline-score"]
    assert [project(plugin)["name"] for plugin in PLUGINS.values()] == list(PLUGINS)


@pytest.mark.usefixtures("installed")
def test_a_service_finds_and_uses_them() -> None:
    host = PluginHost.load()
    assert host.problems == ()
    csv, msgpack = host.encoder_for("text/csv"), host.encoder_for("application/vnd.msgpack")
    assert csv is not None
    assert csv.media_type == "text/csv; charset=utf-8; header=present"
    assert csv.encode({"id": "8", "data": {"email": "m@x.io"}}) == b"id,data.email\r\n8,m@x.io\r\n"
    assert msgpack is not None
    assert msgpack.media_type == "application/msgpack"
    assert msgpack.encode({"id": 8}) == b"\x81\xa2id\x08"
    score: object = host.trigger_source("score_crosses")
    assert isinstance(score, StatefulSource)


@pytest.mark.parametrize("name", PLUGINS)
def test_it_needs_nothing_but_the_plugin_api_and_what_it_encodes_with(name: str) -> None:
    told = project(PLUGINS[name])
    assert "hookline-plugin" in told["dependencies"]
    allowed = {word.partition(">")[0].replace("-", "_") for word in told["dependencies"]}
    modules = [".".join(path.relative_to(PLUGINS[name]).with_suffix("").parts) for path in sources(PLUGINS[name])]
    program = (
        "import importlib, sys; before = set(sys.modules)\n"
        f"for module in {modules!r}: importlib.import_module(module)\n"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*(loaded - sys.stdlib_module_names))"
    )
    done = run(["-c", program], PLUGINS[name], PYTHONPATH=str(PLUGINS[name]))
    # Compiled modules register a module of their compiler besides themselves.
    loaded = {word for word in done.split() if "cython" not in word}
    assert loaded == {*allowed, "pluggy", next(PLUGINS[name].glob("hookline_*")).name}


@pytest.mark.parametrize("name", PLUGINS)
def test_its_own_tests_pass(name: str) -> None:
    run(["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], PLUGINS[name], PYTHONPATH=str(PLUGINS[name]))


def test_the_suites_of_the_guide_pass(tmp_path: Path) -> None:
    """What docs/plugins.md teaches is right: its classes of tests pass, run as one file."""
    page = (ROOT / "docs" / "plugins.md").read_text()
    taught = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "test_guide.py").write_text("\n".join(taught))
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    paths = os.pathsep.join(map(str, PLUGINS.values()))
    done = run(["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_guide.py"], tmp_path, PYTHONPATH=paths)
    assert int(re.findall(r"(\d+) passed", done)[0]) > 100


def test_the_command_line_lists_them(installed: Path) -> None:
    """With a plugin beside them that two things are wrong with."""
    info = installed / "acme_csv-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-csv\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text("[hookline]\nacme = hookline_csv\nold = acme_old\n")
    (installed / "acme_old.py").write_text("print('noise')\nhookline_api = 7\n")
    # A folder on the PYTHONPATH is searched as the environment's own packages are.
    listed = json.loads(run(["-m", "hookline_cli", "plugins", "list", "--json"], installed, PYTHONPATH=str(installed)))
    found = {each["name"]: each for each in listed["plugins"]}
    assert {name: (each["distribution"], each["version"]) for name, each in found.items() if name != "builtin"} == {
        "acme": ("acme-csv", "2.0"),
        "csv": ("hookline-csv", "1.0.0"),
        "msgpack": ("hookline-msgpack", "1.0.0"),
        "old": ("acme-csv", "2.0"),
        "score": ("hookline-score", "1.0.0"),
    }
    assert found["builtin"]["distribution"] == "hookline-builtin"
    assert {name: each["runs"] for name, each in found.items()} == {
        "acme": "isolated",
        "builtin": "built in",
        "csv": "isolated",
        "msgpack": "isolated",
        "old": "isolated",
        "score": "isolated",
    }
    assert {"name": "json", "media_types": ["application/json"], "webhooks": True} in found["builtin"]["encoders"]
    assert {"name": "global_rule", "memory": True} in found["builtin"]["trigger_sources"]
    assert found["score"]["trigger_sources"] == [{"name": "score_crosses", "memory": True}]
    assert [each["webhooks"] for each in found["msgpack"]["encoders"]] == [False]
    assert found["csv"]["encoders"] == []
    assert listed["problems"] == [
        {"plugin": "csv", "reason": "there is an encoder named csv already"},
        {"plugin": "old", "reason": "it is written for version 7 of the plugin API; this is version 1"},
    ]


def sources(plugin: Path) -> list[Path]:
    return sorted(path for path in plugin.glob("hookline_*/*.py") if path.name != "__init__.py")


def run(arguments: list[str], folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | WITHOUT_CACHES | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
