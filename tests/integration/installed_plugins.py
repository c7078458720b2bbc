"""Plugins laid down as an installer would: the entry points of pyproject.toml beside importable packages."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = {path.name: path for path in sorted((ROOT / "examples" / "plugins").iterdir())}


def project(plugin: Path) -> dict[str, Any]:
    """What the pyproject.toml of a plugin tells."""
    found: dict[str, Any] = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
    return found


def lay_down(folder: Path, name: str, version: str, entries: Iterable[str]) -> None:
    """Makes a distribution with these entry points."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text("\n".join(["[hookline]", *entries, ""]))


def install_examples(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs the plugins of examples/plugins into a folder that is searched for packages."""
    for plugin in EXAMPLES.values():
        told = project(plugin)
        entries = [f"{name} = {target}" for name, target in told["entry-points"]["hookline"].items()]
        lay_down(folder, told["name"], told["version"], entries)
        package = next(plugin.glob("hookline_*"))
        (folder / package.name).symlink_to(package)
        for module in [name for name in sys.modules if name.partition(".")[0] == package.name]:
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(str(folder))
