"""Real processes: each says a line when it is up, and is then signalled or orphaned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import dedent

import pytest

BOUND = 20.0

SERVICE = """
    import sys
    from hookline_runtime import logs
    from hookline_runtime.clock import SystemClock
    from hookline_runtime.access import Access
    from hookline_runtime.listen import ListenError
    from hookline_runtime.metrics import new_registry
    from hookline_runtime.process import run
    from hookline_runtime.server import GrpcServer

    async def main(stop):
        server = GrpcServer(sys.argv[1], [], Access(None, None, SystemClock()), registry=new_registry())
        try:
            await server.start()
        except ListenError as error:
            print(error)
            return 3
        await stop.wait()
        await server.drain(1)

    logs.configure("info")
    sys.exit(run(main))
"""

STUBBORN = """
    import asyncio, sys
    from hookline_runtime import logs
    from hookline_runtime.process import run

    async def main(stop):
        print("up", flush=True)
        print(await stop.wait(), flush=True)
        if "stubborn" in sys.argv:
            await asyncio.Event().wait()
        return 5

    logs.configure("info")
    sys.exit(run(main))
"""


@contextmanager
def started(program: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", dedent(program), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_a_signal_asks_to_stop(number: signal.Signals) -> None:
    with started(STUBBORN) as process:
        assert line(process) == "up"
        process.send_signal(number)
        assert line(process) == number.name
        assert process.wait(BOUND) == 5


def test_a_second_signal_ends_at_once() -> None:
    with started(STUBBORN, "stubborn") as process:
        assert line(process) == "up"
        process.send_signal(signal.SIGTERM)
        assert line(process) == "SIGTERM"
        process.send_signal(signal.SIGINT)
        assert process.wait(BOUND) == 128 + signal.SIGINT


def test_a_child_stops_when_its_parent_is_gone() -> None:
    with started(STUBBORN, HOOKLINE_PARENT_PIPE="0") as process:
        assert line(process) == "up"
        assert process.stdin is not None
        process.stdin.close()
        assert line(process) == "the parent is gone"
        assert process.wait(BOUND) == 5


def test_a_child_stops_when_its_parent_is_killed() -> None:
    parent = f"""
        import os, subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", {dedent(STUBBORN)!r}], stdin=subprocess.PIPE,
                                 env=os.environ | {{"HOOKLINE_PARENT_PIPE": "0"}})
        child.wait()
    """
    with started(parent) as process:
        assert line(process) == "up"
        process.kill()
        assert line(process) == "the parent is gone"
        assert process.stdout is not None
        assert process.stdout.read() == ""  # the child has ended, too


def test_without_a_parent_pipe_standard_input_is_left_alone() -> None:
    with started(STUBBORN) as process:
        assert line(process) == "up"
        assert process.stdin is not None
        process.stdin.close()
        process.send_signal(signal.SIGTERM)
        assert line(process) == "SIGTERM"


def test_a_service_serves_until_the_signal_and_logs_json_alone() -> None:
    with started(SERVICE, "127.0.0.1:0") as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["event"] == "listening"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=BOUND)
        assert process.returncode == 0
    assert [json.loads(each)["event"] for each in errors.splitlines()] == ["stopping", "health changed"]


def test_an_address_that_cannot_be_listened_on_is_said_in_one_line() -> None:
    with started(SERVICE, "192.0.2.1:1") as process:
        output, errors = process.communicate(timeout=BOUND)
    assert (process.returncode, errors) == (3, "")
    assert output.startswith("cannot listen on 192.0.2.1:1")
