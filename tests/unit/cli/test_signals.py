"""Signals that end a command: when that is clean, and when it is an interruption."""

import asyncio
import os
import signal

import pytest

from hookline_cli.failure import Interrupted
from hookline_cli.up.signals import run_until_signalled, until_signalled

ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", ALL)
def test_a_signal_before_everything_is_up_is_an_interruption(number: signal.Signals) -> None:
    notes: list[str] = []

    async def main() -> None:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    with pytest.raises(Interrupted) as raised:
        run_until_signalled(main(), notes.append)
    assert raised.value.number == number
    assert len(notes) == (number is not signal.SIGHUP)


@pytest.mark.parametrize("number", ALL)
def test_a_signal_while_it_serves_is_a_clean_end(number: signal.Signals) -> None:
    went_on: list[bool] = []

    async def serve() -> None:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    async def main() -> None:
        await until_signalled(serve())
        await asyncio.sleep(0)
        went_on.append(True)

    run_until_signalled(main(), lambda text: None)
    assert went_on


@pytest.mark.parametrize(("second", "insists"), [(signal.SIGTERM, True), (signal.SIGHUP, False)])
def test_a_second_signal_ends_the_draining(second: signal.Signals, insists: bool) -> None:
    drained: list[bool] = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), second)
            for _ in range(100):
                await asyncio.sleep(0.001)
            drained.append(True)

    with pytest.raises(Interrupted):
        run_until_signalled(main(), lambda text: None)
    assert bool(drained) == (not insists)


def test_what_ends_by_itself_is_no_interruption() -> None:
    async def fails() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        run_until_signalled(fails(), lambda text: None)
    run_until_signalled(until_signalled(asyncio.sleep(0)), lambda text: None)
