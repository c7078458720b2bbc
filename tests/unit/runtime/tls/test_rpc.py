"""gRPC under TLS, with a real server and real clients."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import grpc.aio
import pytest

from hookline_runtime.channels import open_channel
from hookline_runtime.tls.files import ClientFiles, TlsUnusable
from hookline_runtime.tls.rpc import channel_credentials, server_credentials
from tests.unit.runtime import rig
from tests.unit.runtime.rig import BOUND, TARGET, get_target, shows
from tests.unit.runtime.tls.certificates import Place, place, shown


@asynccontextmanager
async def serving(made: Place, *, mutual: bool = False) -> AsyncIterator[int]:
    server = rig.server(credentials=server_credentials(made.server(mutual=mutual)))
    await server.start()
    try:
        yield server.bound_port
    finally:
        await server.drain(0)


async def call(port: int, files: ClientFiles | None) -> grpc.StatusCode:
    """What becomes of a call of a client with these files; one without speaks no TLS."""
    credentials = channel_credentials(files) if files else None
    async with asyncio.timeout(BOUND), open_channel(f"127.0.0.1:{port}", credentials) as channel:
        try:
            await get_target(channel)(TARGET, metadata=shows("all"))
        except grpc.aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK


async def test_a_client_with_the_authority_is_served_and_others_are_not(tmp_path: Path) -> None:
    made, strangers = place(tmp_path / "own"), place(tmp_path / "strangers")
    async with serving(made) as port:
        assert await call(port, made.client()) is grpc.StatusCode.OK
        assert await call(port, strangers.client()) is grpc.StatusCode.UNAVAILABLE
        assert await call(port, None) is grpc.StatusCode.UNAVAILABLE


async def test_a_certificate_for_another_name_is_not_believed(tmp_path: Path) -> None:
    made = place(tmp_path)
    made.issue("server", "other.example")
    async with serving(made) as port:
        assert await call(port, made.client()) is grpc.StatusCode.UNAVAILABLE


async def test_with_client_certificates_only_those_of_the_authority_are_served(tmp_path: Path) -> None:
    made, strangers = place(tmp_path / "own", "server", "client"), place(tmp_path / "strangers", "client")
    foreign = ClientFiles(made.ca, strangers.certificate("client"), strangers.key("client"))
    async with serving(made, mutual=True) as port:
        assert await call(port, made.client("client")) is grpc.StatusCode.OK
        assert await call(port, made.client()) is grpc.StatusCode.UNAVAILABLE
        assert await call(port, foreign) is grpc.StatusCode.UNAVAILABLE


async def test_a_renewed_certificate_is_shown_to_new_connections(tmp_path: Path) -> None:
    made = place(tmp_path)
    async with serving(made) as port, open_channel(f"127.0.0.1:{port}", channel_credentials(made.client())) as channel:
        await get_target(channel)(TARGET, metadata=shows("all"))
        before = await asyncio.to_thread(shown, port)
        made.issue()
        assert await asyncio.to_thread(shown, port) != before
        assert await call(port, made.client()) is grpc.StatusCode.OK
        await get_target(channel)(TARGET, metadata=shows("all"))


async def test_clients_of_a_new_authority_are_served_without_a_restart(tmp_path: Path) -> None:
    made, later = place(tmp_path / "own"), place(tmp_path / "later", "client")
    files = ClientFiles(made.ca, later.certificate("client"), later.key("client"))
    async with serving(made, mutual=True) as port:
        assert await call(port, files) is grpc.StatusCode.UNAVAILABLE
        made.ca.write_bytes(made.ca.read_bytes() + later.ca.read_bytes())
        assert await call(port, files) is grpc.StatusCode.OK


async def test_files_that_cannot_be_used_leave_the_old_certificate(tmp_path: Path) -> None:
    made = place(tmp_path)
    async with serving(made) as port:
        before = await asyncio.to_thread(shown, port)
        made.certificate().write_text("broken")
        assert await asyncio.to_thread(shown, port) == before
        other = place(tmp_path / "other")
        made.certificate().write_bytes(other.certificate().read_bytes())  # its key is not there yet
        assert await asyncio.to_thread(shown, port) == before
        made.key().write_bytes(other.key().read_bytes())
        assert await asyncio.to_thread(shown, port) != before


async def test_nothing_before_tls_1_2_is_spoken(tmp_path: Path) -> None:
    made = place(tmp_path)
    context = ssl.create_default_context(cafile=str(made.ca))
    context.set_alpn_protocols(["h2"])
    async with serving(made) as port:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context.minimum_version, context.maximum_version = version, version
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
            writer.close()
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port, ssl=context)


def test_a_client_with_bad_files_is_told(tmp_path: Path) -> None:
    made = place(tmp_path)
    made.ca.unlink()
    with pytest.raises(TlsUnusable, match=r"ca.pem: cannot be read"):
        channel_credentials(made.client())
