"""The example in examples/plugin: found as installed, and passing its own tests."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hookline_runtime.plugins import PluginHost

EXAMPLE = Path(__file__).parents[3] / "examples" / "plugin"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay down what an installer would: the entry points of pyproject.toml beside an importable package."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    entries = [f"{name} = {target}" for name, target in project["entry-points"]["hookline"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[hookline]", *entries, ""]))
    for module in [name for name in sys.modules if name.partition(".")[0] == "hookline_csv"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(str(EXAMPLE))
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("installed")
def test_a_service_finds_and_uses_it() -> None:
    host = PluginHost.load()
    encoder = host.encoder_for("text/csv")
    assert host.problems == ()
    assert encoder is not None
    assert encoder.media_type == "text/csv; charset=utf-8; header=present"
    assert encoder.encode({"id": "8", "data": {"email": "m@x.io"}}) == b"id,data.email\r\n8,m@x.io\r\n"


def test_its_own_tests_pass() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLE / "tests"],
        cwd=EXAMPLE,
        env=os.environ | {"PYTHONPATH": str(EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
