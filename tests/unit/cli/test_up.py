"""The parts of `hookline up` that need no service: the policy, the merging, the lock, the logs, a child process."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from hookline_cli.address import Address
from hookline_cli.failure import CliError
from hookline_cli.up import logs
from hookline_cli.up.child import Child, ending
from hookline_cli.up.installation import Wanted, installation
from hookline_cli.up.layout import Keys, environment, kept_keys, lay_out, registry_database
from hookline_cli.up.lock import only_one
from hookline_cli.up.logs import FileLog, PrefixedLog
from hookline_cli.up.merging import merged
from hookline_cli.up.restart import QUICK_DEATHS, QUICK_SECONDS, GiveUp, RestartPolicy, StartAgain
from hookline_gateway.setting_types import sealing_key
from hookline_registry.database import Database
from hookline_runtime.clock import SystemClock

ANY = Address("127.0.0.1", 0)


def test_quick_deaths_are_given_longer_pauses_and_then_given_up() -> None:
    policy = RestartPolicy()
    verdicts = [policy.after_death(0.1) for _ in range(QUICK_DEATHS)]
    assert verdicts == [StartAgain(0.2), StartAgain(0.4), StartAgain(0.8), StartAgain(1.6), GiveUp(QUICK_DEATHS)]


def test_a_long_life_begins_the_count_anew() -> None:
    policy = RestartPolicy()
    for _ in range(QUICK_DEATHS - 1):
        policy.after_death(0.1)
    assert policy.after_death(QUICK_SECONDS) == StartAgain(0.2)
    assert policy.after_death(0.1) == StartAgain(0.4)


PAGE = """# HELP jobs_total Jobs done.
# TYPE jobs_total counter
jobs_total{kind="a"} 3
# HELP lag_seconds Lag.
# TYPE lag_seconds histogram
lag_seconds_bucket{le="1"} 2
lag_seconds_bucket{le="+Inf"} 2
lag_seconds_sum 1.5
lag_seconds_count 2
"""
OTHER = """# HELP jobs_total Jobs done.
# TYPE jobs_total counter
jobs_total{kind="a",service="inner"} 4
# HELP odd Odd.
# TYPE odd gauge
odd NaN
"""


def test_families_are_merged_under_one_type() -> None:
    page = merged({"registry": PAGE, "dispatcher": OTHER, "gone": None, "broken": "}{"}, {"dispatcher": 2}).decode()
    assert page.count("# TYPE jobs_total counter") == 1
    assert 'jobs_total{kind="a",service="registry"} 3.0' in page
    assert 'jobs_total{exported_service="inner",kind="a",service="dispatcher"} 4.0' in page
    assert 'lag_seconds_bucket{le="+Inf",service="registry"} 2.0' in page
    assert 'odd{service="dispatcher"} NaN' in page
    for service, value in {"registry": 1.0, "dispatcher": 1.0, "gone": 0.0, "broken": 0.0}.items():
        assert f'hookline_service_up{{service="{service}"}} {value}' in page
    assert 'hookline_service_restarts_total{service="dispatcher"} 2.0' in page
    families = [family.name for family in text_string_to_metric_families(page)]
    assert len(families) == len(set(families))


def test_services_that_disagree_about_a_type_do_not_break_the_page() -> None:
    page = merged({"a": "# TYPE x gauge\nx 1\n", "b": "# TYPE x counter\nx 2\n", "c": "# TYPE x gauge\nx 3\n"}, {})
    text = page.decode()
    assert 'x{service="a"} 1.0' in text
    assert 'x{service="c"} 3.0' in text
    list(text_string_to_metric_families(text))


def test_one_up_per_folder(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(CliError, match=f"already \\(process {os.getpid()}\\)"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_the_layout_names_what_is_taken_or_given_twice(tmp_path: Path) -> None:
    layout = lay_out(tmp_path, ANY, ANY, ANY, ANY)
    ports = {layout.http.port, layout.registry.port, layout.dispatcher.port, layout.metrics.port}
    assert 0 not in ports
    assert len(ports) == 4
    twice = layout.registry
    with pytest.raises(CliError, match=f"{twice} is given to two services"):
        lay_out(tmp_path, ANY, twice, twice, ANY)
    with pytest.raises(CliError, match=f"{twice} is given to two services"):
        lay_out(tmp_path, twice, twice, ANY, ANY)


def test_the_environment_of_each_service(tmp_path: Path) -> None:
    layout = lay_out(tmp_path, ANY, Address("0.0.0.0", 0), ANY, ANY)
    base = {"PATH": "p", "HOOKLINE_EGRESS_ALLOW": "127.0.0.1/32:1"}
    keys = Keys("k", "s")
    registry = environment(layout, "registry", keys, base)
    assert registry["HOOKLINE_REGISTRY_ADDRESS"] == f"0.0.0.0:{layout.registry.port}"
    assert registry["HOOKLINE_REGISTRY_DATABASE"] == f"sqlite+aiosqlite:///{tmp_path}/registry.db"
    dispatcher = environment(layout, "dispatcher", keys, base)
    assert dispatcher["HOOKLINE_DISPATCHER_REGISTRY"] == f"127.0.0.1:{layout.registry.port}"
    assert dispatcher["HOOKLINE_DISPATCHER_DATA"] == str(tmp_path)
    gateway = environment(layout, "gateway", keys, base)
    assert gateway["HOOKLINE_GATEWAY_ADDRESS"] == str(layout.http)
    assert gateway["HOOKLINE_GATEWAY_REGISTRY"] == f"127.0.0.1:{layout.registry.port}"
    assert "HOOKLINE_SERVICE_KEY" not in gateway
    assert gateway["HOOKLINE_GATEWAY_SESSION_KEY"] == "s"
    set_by_hand = {"HOOKLINE_GATEWAY_SESSION_KEY": "mine"}
    assert environment(layout, "gateway", keys, set_by_hand)["HOOKLINE_GATEWAY_SESSION_KEY"] == "mine"
    for each in (registry, dispatcher):
        assert each["HOOKLINE_EGRESS_ALLOW"] == "127.0.0.1/32:1"
        assert each["HOOKLINE_SERVICE_KEY"] == "k"
        assert "HOOKLINE_GATEWAY_SESSION_KEY" not in each


@pytest.mark.parametrize("name", ["a?b=c", "a#b", "100%41", "a blank", "Zoë", "a@b:c+d&e;f"])
async def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    database = await Database.open(registry_database(folder), SystemClock())
    await database.close()
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert (folder / "registry.db").stat().st_size > 0


def test_who_gives_way_takes_another_port_and_says_so(tmp_path: Path) -> None:
    notes: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = Address("127.0.0.1", held.getsockname()[1])
        free = Wanted(tmp_path, taken, taken, ANY, taken).with_free_ports(notes.append)
    assert taken.port not in (free.http.port, free.registry.port, free.metrics.port)
    assert notes == [
        f"port {taken.port} is taken: the gateway listens on {free.http.port}",
        f"port {taken.port} is taken: the registry listens on {free.registry.port}",
        f"port {taken.port} is taken: the metrics page listens on {free.metrics.port}",
    ]


async def test_a_folder_in_use_is_refused_before_ports_are_looked_at(tmp_path: Path) -> None:
    notes: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as held, only_one(tmp_path):
        taken = Address("127.0.0.1", held.getsockname()[1])
        wanted = Wanted(tmp_path, taken, taken, taken, taken, give_way=True)
        with pytest.raises(CliError, match=f"runs on {tmp_path} already"):
            await installation(wanted, notes.append).__aenter__()
    assert notes == []


def test_the_core_of_grpc_is_told_to_be_quiet() -> None:
    code = "import os, sys, hookline_cli; assert 'grpc' not in sys.modules; print(os.environ['GRPC_VERBOSITY'])"
    for given, expected in (({}, "NONE"), ({"GRPC_VERBOSITY": "DEBUG"}, "DEBUG")):
        answer = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == expected


def test_the_keys_are_made_once_and_private(tmp_path: Path) -> None:
    keys = kept_keys(tmp_path)
    assert len(keys.service) > 30
    assert len(sealing_key(SecretStr(keys.session))) == 32
    assert kept_keys(tmp_path) == keys
    for name in ("service.key", "session.key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_log_file_does_not_grow_without_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_LOG_BYTES", 100)
    log = FileLog(tmp_path / "logs" / "x.log")
    assert log.last_lines() == []
    with log.open() as handle:
        handle.write(b"line\n" * 50)
        handle.flush()
        assert log.last_lines() == ["line"] * 20
        log.trim()
        handle.write(b"after\n")
    assert (tmp_path / "logs" / "x.log").read_bytes() == b"after\n"
    assert (tmp_path / "logs" / "x.log.1").read_bytes() == b"line\n" * 50
    log.trim()
    assert log.last_lines() == ["after"]


PROGRAM = """
import os, signal, sys
if os.environ.get("MODE") == "die":
    print("cannot go on", flush=True)
    sys.exit(3)
from hookline_runtime import process
async def main(stop):
    print("began", os.environ.get("MODE"), flush=True)
    open(os.environ["MARK"], "a").write(f"{os.getpid()}\\n")
    if os.environ.get("MODE") == "stubborn":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        open(os.environ["MARK"], "a").write("deaf\\n")
    await stop.wait()
    print("drained", flush=True)
sys.exit(process.run(main))
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    (tmp_path / "program_of_the_test.py").write_text(PROGRAM)
    return {**os.environ, "PYTHONPATH": str(tmp_path), "MARK": str(tmp_path / "mark")}


async def begun(tmp_path: Path, times: int) -> list[str]:
    async with asyncio.timeout(20):
        while True:
            mark = tmp_path / "mark"
            lines = mark.read_text().splitlines() if mark.exists() else []
            if len(lines) >= times:
                return lines
            await asyncio.sleep(0.01)


async def test_a_child_that_is_killed_starts_again_and_drains_on_stop(tmp_path: Path, program: dict[str, str]) -> None:
    deaths: list[tuple[str, int]] = []
    log = FileLog(tmp_path / "child.log")
    child = Child("x", "program_of_the_test", program, log, lambda name, status, pause: deaths.append((name, status)))
    watch = asyncio.create_task(child.watch())
    first = int((await begun(tmp_path, 1))[0])
    os.kill(first, signal.SIGKILL)
    second = int((await begun(tmp_path, 2))[1])
    assert child.pid == second != first
    assert await child.stop(10)
    await watch
    child.close()
    assert deaths == [("x", -signal.SIGKILL)]
    assert child.restarts == 1
    assert log.last_lines()[-1] == "drained"


async def test_a_child_that_dies_each_time_is_given_up_with_its_last_words(
    tmp_path: Path, program: dict[str, str]
) -> None:
    child = Child("x", "program_of_the_test", {**program, "MODE": "die"}, FileLog(tmp_path / "child.log"))
    with pytest.raises(CliError, match="died 5 times in a row, the last time with exit status 3") as raised:
        await child.watch()
    child.close()
    assert raised.value.details[-1] == "cannot go on"


async def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, program: dict[str, str]) -> None:
    child = Child("x", "program_of_the_test", {**program, "MODE": "stubborn"}, FileLog(tmp_path / "child.log"))
    watch = asyncio.create_task(child.watch())
    await begun(tmp_path, 2)
    assert not await child.stop(0.2)
    await watch
    child.close()


async def test_a_child_ends_with_its_parent(tmp_path: Path, program: dict[str, str]) -> None:
    child = Child("x", "program_of_the_test", program, FileLog(tmp_path / "child.log"))
    watch = asyncio.create_task(child.watch())
    await begun(tmp_path, 1)
    child.close()  # as the kernel does when this process ends, however that comes
    async with asyncio.timeout(10):
        while child.alive:
            await asyncio.sleep(0.01)
    await child.stop(1)
    await watch


async def test_verbose_passes_lines_on(
    tmp_path: Path, program: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    log = PrefixedLog("x")
    child = Child("x", "program_of_the_test", program, log)
    watch = asyncio.create_task(child.watch())
    await begun(tmp_path, 1)
    await child.stop(10)
    await watch
    child.close()
    async with asyncio.timeout(5):
        while "drained" not in log.last_lines():
            await asyncio.sleep(0.01)
    sys.stderr.flush()
    assert "x          drained" in capfd.readouterr().err


@pytest.mark.parametrize(("status", "words"), [(-9, "by signal SIGKILL"), (2, "with exit status 2")])
def test_how_a_process_ended(status: int, words: str) -> None:
    assert ending(status) == words
