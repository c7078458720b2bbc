"""A dispatcher whose store or standard error cannot be used says so in a line, or ends as if nothing were wrong."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.process import BOUND, DispatcherProcess

BUFFERED = {"PYTHONUNBUFFERED": "", "HOOKLINE_LOG_LEVEL": "info"}
"""As a service runs: what could not be written stays behind and is tried again at the end."""


def _no_folder(folder: Path) -> None:
    folder.write_text("a file where the folder should be")


def _garbage(folder: Path) -> None:
    folder.mkdir()
    (folder / "dispatcher.db").write_bytes(b"no database " * 2_000)


@pytest.mark.parametrize("spoil, reason", [(_no_folder, "File exists"), (_garbage, "file is not a database")])
async def test_a_store_that_cannot_be_used_is_told_in_a_line(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    folder = tmp_path / "dispatcher"
    spoil(folder)
    said = await DispatcherProcess(folder, 1).refusal()
    assert said == f"the store {folder / 'dispatcher.db'} cannot be used: {reason}"


async def test_it_ends_well_when_standard_error_cannot_be_written(tmp_path: Path) -> None:
    dispatcher = DispatcherProcess(tmp_path, 1, BUFFERED)
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        await dispatcher.start(full)
        assert await dispatcher.end(signal.SIGTERM) == 0
    finally:
        os.close(full)
        await dispatcher.end(signal.SIGKILL)


async def test_a_refusal_that_cannot_be_written_is_one_all_the_same(tmp_path: Path) -> None:
    dispatcher = DispatcherProcess(tmp_path / "dispatcher", 1, BUFFERED)
    _garbage(dispatcher.folder)
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        process = await dispatcher._spawn(full)
        async with asyncio.timeout(BOUND):
            assert await process.wait() == 1
    finally:
        os.close(full)
