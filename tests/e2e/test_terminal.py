"""What a person at a terminal sees and does: tables that fit, Ctrl-C, a window that is closed.

The demos of the tests stand here, the one without a terminal too: they want the usual ports, so they come one by one.
"""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from tests.e2e.terminal import CTRL_C, processes_of, terminal
from tests.e2e.test_cli import SAMPLE, clean_environment, command

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("HOOKLINE_")}
for variable in ("NO_COLOR", "COLUMNS", "LINES"):
    ENVIRONMENT.pop(variable, None)
FREE_PORTS = [f"--{name}=127.0.0.1:0" for name in ("http", "registry", "dispatcher", "metrics")]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all: each start finds what the one before left, however that ended. Its name may be any."""
    return tmp_path_factory.mktemp("terminal") / "a b?c#d%41 ë"


@pytest.mark.parametrize(("columns", "signalled", "status"), [(60, "Ctrl-C", 130), (140, "hang up", 129)])
def test_a_demo_that_is_ended_half_way(data: Path, columns: int, signalled: str, status: int) -> None:
    with terminal("demo", "--data", str(data), columns=columns, environment=ENVIRONMENT) as screen:
        screen.until("events published", times=5)
        rows = [line for line in screen.text.splitlines() if line.strip().startswith("new contacts")]
        assert len(rows) >= 4
        assert ("object_create" in rows[-1]) == (columns == 140)
        assert ("form Checkout, failed payment" in screen.text) == (columns == 140)
        screen.until("the whole map")
        rows += [line for line in screen.text.splitlines() if line.strip().startswith("hello (webhook)")]
        rows += [line for line in screen.text.splitlines() if line.strip().startswith("payment dunning")]
        assert all(len(line) <= columns for line in rows)
        if signalled == "Ctrl-C":
            screen.press(CTRL_C)
        else:
            screen.hang_up()
        assert screen.ended() == status
        assert "Traceback" not in screen.text
        if signalled != "hang up":
            assert "Ctrl-C again ends it at once" in screen.text
            assert screen.cursor_is_shown
            assert screen.is_as_before
    assert not processes_of(data.parent)


@pytest.mark.parametrize("signalled", ["Ctrl-C", "hang up"])
def test_up_ends_cleanly(data: Path, signalled: str) -> None:
    environment = {**ENVIRONMENT, "NO_COLOR": "1"}
    with terminal("up", "--data", str(data), *FREE_PORTS, columns=40, environment=environment) as screen:
        screen.until("ready")
        screen.until(f"{data}/credentials.json")
        if signalled == "Ctrl-C":
            screen.press(CTRL_C)
        else:
            screen.hang_up()
        assert screen.ended() == 0
        assert "Traceback" not in screen.text
        assert b"\x1b[3" not in screen.raw
    assert not processes_of(data.parent)


def test_ctrl_c_before_anything_was_begun(data: Path) -> None:
    with terminal("up", "--data", str(data), *FREE_PORTS, environment=ENVIRONMENT) as screen:
        screen.begun()
        screen.press(CTRL_C)
        assert screen.ended() in (130, -signal.SIGINT)
    assert not processes_of(data.parent)


def test_ctrl_c_while_the_services_start(data: Path) -> None:
    with terminal("up", "--data", str(data), *FREE_PORTS, environment=ENVIRONMENT) as screen:
        while not any("hookline_registry" in each for each in processes_of(data.parent)):
            screen.read(0.02)
        screen.press(CTRL_C)
        screen.until("stopping")
        screen.press(CTRL_C)
        assert screen.ended() in (130, -signal.SIGINT)
        assert "Traceback" not in screen.text
    assert not processes_of(data.parent)


async def test_the_demo_without_a_terminal_ends_when_all_is_delivered(tmp_path: Path) -> None:
    words = ("demo", "--data", str(tmp_path / "run"), "--json")
    async with command(*words, environment=clean_environment()) as process:
        out, err = await asyncio.wait_for(process.communicate(), 110)
    assert process.returncode == 0, err.decode()
    summary = json.loads(out)
    assert summary["published"] == len(SAMPLE.read_bytes().splitlines())
    assert summary["delivered"] == summary["deliveries"] > summary["published"]
    assert summary["retried"] > 0
    assert summary["throttled"] > 0
    assert summary["p50_ms"] <= summary["p99_ms"]
    counts = {name: row["delivered"] for name, row in summary["webhooks"].items()}
    offers = summary["campaign"]["elements"]["offer"]["sent"]
    rules_and_forms = {"welcome": 6, "order received": 12, "payment thanks": 9, "payment dunning": 3}
    assert counts == {**rules_and_forms, "hello": 16, "offer": offers}
    total = {"reached": 16, "waiting": 0, "left": 16, "on_its_way": 0, "sent": 16, "failed": 0}
    assert summary["campaign"]["total"] == summary["campaign"]["elements"]["hello"] == total
    assert summary["delivered_by_source"]["campaign Onboarding"] == 16 + offers
    assert summary["delivered_by_source"]["rule VIP tagged"] == counts["welcome"]
    assert sum(summary["delivered_by_source"].values()) == summary["delivered"]
    assert summary["signatures_verified"] == summary["requests_received"] >= summary["deliveries"]
