"""`hookline plugins list`: what is loaded here, as a table and as JSON."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hookline_cli.app import app

NOISY = """
import sys
from hookline_plugin import hookimpl

print("noise")

class Upper:
    name = "upper"
    media_type = "text/upper"
    media_types = frozenset({"text/upper", "text/plain"})

    def encode(self, payload):
        return b""

@hookimpl
def register_encoders():
    print("more noise")
    return [Upper()]

@hookimpl
def register_trigger_sources():
    raise RuntimeError("no \\x1b[31m licence")
"""


@pytest.fixture
def noisy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    info = tmp_path / "acme_noisy-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-noisy\nVersion: 2.1\n")
    (info / "entry_points.txt").write_text("[hookline]\nnoisy = acme_noisy\nmissing = acme_missing\n")
    (tmp_path / "acme_noisy.py").write_text(NOISY)
    monkeypatch.delitem(sys.modules, "acme_noisy", raising=False)


@pytest.mark.usefixtures("noisy")
def test_json_is_all_that_is_written() -> None:
    done = CliRunner().invoke(app, ["plugins", "list", "--json"])
    assert done.exit_code == 0
    listed = json.loads(done.stdout)
    assert listed["plugins"][1:] == [
        {
            "name": "missing",
            "distribution": "acme-noisy",
            "version": "2.1",
            "runs": "isolated",
            "encoders": [],
            "trigger_sources": [],
        },
        {
            "name": "noisy",
            "distribution": "acme-noisy",
            "version": "2.1",
            "runs": "isolated",
            "encoders": [{"name": "upper", "media_types": ["text/upper"], "webhooks": False}],
            "trigger_sources": [],
        },
    ]
    assert [(each["plugin"], each["reason"][:60]) for each in listed["problems"]] == [
        ("missing", "cannot be imported: ModuleNotFoundError: No module named 'ac"),
        ("noisy", "encoder upper is not used for text/plain: text serves it alr"),
        ("noisy", "cannot be used: RuntimeError: no \x1b[31m licence"),
    ]


@pytest.mark.usefixtures("noisy")
def test_a_person_sees_a_table_and_the_reasons() -> None:
    done = CliRunner().invoke(app, ["plugins", "list"])
    assert done.exit_code == 0
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "builtin hookline-builtin 0.1.0 built in encoder xml application/xml, text/xml; also for webhooks" in rows
    assert "builtin hookline-builtin 0.1.0 built in trigger source form_rule with memory" in rows
    assert "noisy acme-noisy 2.1 isolated encoder upper text/upper; for subscriptions only" in rows
    assert "missing acme-noisy 2.1 isolated nothing" in rows
    assert "noisy encoder upper is not used for text/plain: text serves it already" in rows
    assert "noise" not in rows
    assert "plugin_problem" not in done.stdout
    assert "\x1b" not in done.stdout


def test_without_problems_none_are_shown() -> None:
    assert "problems" not in CliRunner().invoke(app, ["plugins", "list"]).stdout
