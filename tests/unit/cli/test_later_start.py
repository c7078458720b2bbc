"""A later start of `up`: what it finds in the folder, and when it calls the dispatcher ready."""

import asyncio
import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from hookline_cli.address import Address
from hookline_cli.credentials import Credentials, save
from hookline_cli.failure import CliError
from hookline_cli.http_server import HttpServer, Request, Response
from hookline_cli.up.first_start import prepare
from hookline_cli.up.later_start import begun, renewed
from hookline_cli.up.layout import Layout, lay_out
from hookline_cli.up.readiness_by_http import until_heard

ANY = Address("127.0.0.1", 0)
OLD = Credentials(1, "key", "app", "operator", "operator-app", *(f"127.0.0.1:{port}" for port in range(1, 5)))


def layout(folder: Path) -> Layout:
    return lay_out(folder, ANY, ANY, ANY, ANY)


async def test_a_folder_is_begun_once_its_keys_are_in_the_file_and_in_the_database(tmp_path: Path) -> None:
    here = layout(tmp_path)
    assert not begun(here)
    first = await prepare(here)
    assert first.made
    assert begun(here)
    here.credentials_file.rename(tmp_path / "moved")
    assert not begun(here)
    (tmp_path / "moved").rename(here.credentials_file)
    here.database_file.unlink()
    assert not begun(here)


async def test_a_later_start_keeps_the_keys_and_renews_the_addresses_in_the_file(tmp_path: Path) -> None:
    first = await prepare(layout(tmp_path))
    assert first.credentials is not None
    again = layout(tmp_path)
    assert renewed(again) == first.credentials.at(again.addresses())
    assert json.loads(again.credentials_file.read_text()) == asdict(renewed(again))
    assert await prepare(again) == type(first)(renewed(again), False)


def test_a_file_that_cannot_be_read_is_told_and_left_alone(tmp_path: Path) -> None:
    here = layout(tmp_path)
    save(OLD, here.credentials_file)
    here.credentials_file.write_text("{")
    with pytest.raises(CliError, match="it is not JSON"):
        renewed(here)
    assert here.credentials_file.read_text() == "{"


@pytest.mark.parametrize("before", ["900.5", "NaN", ""])
async def test_the_dispatcher_is_ready_once_it_heard_from_the_registry_since_the_start(before: str) -> None:
    pages = [
        f"hookline_config_staleness_seconds {before}\n" if before else "",
        "hookline_config_staleness_seconds 0.5\n",
    ]
    shown: list[str] = []

    async def page(request: Request) -> Response:
        shown.append(pages[min(len(shown), 1)])
        return Response(200, {}, shown[-1].encode())

    async with HttpServer(page, ANY) as server, asyncio.timeout(10):
        await until_heard(f"http://{server.address}/metrics", time.monotonic() - 2.0)
    assert shown == pages


async def test_a_dispatcher_that_does_not_answer_is_asked_again() -> None:
    nobody = layout(Path.cwd()).dispatcher_metrics
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await until_heard(f"http://{nobody}/metrics", time.monotonic())
