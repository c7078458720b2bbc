"""Every example in the guide runs: ```sh and ```python blocks of docs/*.md, page by page, in their order.

The blocks of a page share their names, as a reader would type them one after the other. What a page shows in a block
without a language, or as JSON, TOML and the like, is not run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from hookline_cli.address import Address, claim

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(page for page in (ROOT / "docs").glob("*.md"))


SINK = "127.0.0.1:9000"
"""Where the guide's receiver listens; the tests put a port that is free in its place."""


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(language, text) for language, text in BLOCK.findall(page.read_text()) if language in ("sh", "python")]


def free_address() -> str:
    return str(claim(Address("127.0.0.1", 0), "a test"))


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """`hookline up` on free ports; its credentials."""
    folder = tmp_path_factory.mktemp("guide")
    ready = folder / "ready"
    flags = [f"--{name}=127.0.0.1:0" for name in ("http", "registry", "dispatcher", "metrics")]
    command = [sys.executable, "-m", "hookline_cli", "up", "--data", str(folder), "--ready-file", str(ready), *flags]
    opened = os.environ | {"HOOKLINE_EGRESS_ALLOW": "127.0.0.1/32"}
    with (
        (folder / "up.log").open("wb") as log,
        subprocess.Popen(command, env=opened, stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + 60
            while not ready.exists() and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.05)
            assert ready.exists(), (folder / "up.log").read_text()
            yield json.loads((folder / "credentials.json").read_text()) | {"path": str(folder / "credentials.json")}
        finally:
            process.terminate()
            assert process.wait(60) == 0


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(
    page: Path, suite: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for plugin in (ROOT / "examples" / "plugins").iterdir():  # docs/plugins.md is about these
        monkeypatch.syspath_prepend(plugin)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOOKLINE_CREDENTIALS": suite["path"],
        "HOOKLINE_REGISTRY": suite["registry"],
        "HOOKLINE_DISPATCHER": suite["dispatcher"],
        "HOOKLINE_HTTP": f"http://{suite['http']}",
        "API_KEY": suite["api_key"],
        "API_APPID": suite["api_appid"],
        "COLUMNS": "200",
    }
    sink = free_address()
    with grpc.insecure_channel(suite["registry"]) as registry, grpc.insecure_channel(suite["dispatcher"]) as dispatcher:
        names: dict[str, Any] = {
            "registry": registry,
            "dispatcher": dispatcher,
            "http": f"http://{suite['http']}",
            "key": (("api-key", suite["api_key"]), ("api-appid", suite["api_appid"])),
            "operator_key": (("api-key", suite["operator_key"]), ("api-appid", suite["operator_appid"])),
        }
        for language, text in blocks(page):
            if language == "python":
                exec(compile(text, f"{page.name}", "exec"), names)
            elif "curl" not in text or shutil.which("curl"):  # what a page shows with curl needs it
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", text.replace(SINK, sink)],
                    env=environment,
                    cwd=tmp_path,
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


def test_the_guide_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    missing = [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index]
    assert not missing
