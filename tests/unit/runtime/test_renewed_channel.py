"""A client whose certificates are renewed while it is connected, with a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import grpc
import grpc.aio
import pytest
from hookline.dispatcher.v1 import event_service_pb2
from hookline.event.v1 import event_pb2

from hookline_runtime.channels import open_channel
from hookline_runtime.renewed_channel import RenewedChannel
from hookline_runtime.tls.files import ClientFiles, ServerFiles
from hookline_runtime.tls.rpc import renewed_credentials, server_credentials
from tests.unit.runtime import rig
from tests.unit.runtime.rig import BOUND, TARGET, get_target, publish_stream, shows
from tests.unit.runtime.tls.certificates import Place, place

KEY = shows("all")


@asynccontextmanager
async def serving(made: Place, clients: Path, port: int = 0) -> AsyncIterator[int]:
    """A server of that place, for clients of that authority."""
    credentials = server_credentials(ServerFiles(made.certificate(), made.key(), clients))
    server = rig.server(rig.targets(), rig.events(), address=f"127.0.0.1:{port}", credentials=credentials)
    await server.start()
    try:
        yield server.bound_port
    finally:
        await server.drain(0)


@asynccontextmanager
async def calling(port: int, files: ClientFiles) -> AsyncIterator[grpc.aio.Channel]:
    async with asyncio.timeout(BOUND), open_channel(f"127.0.0.1:{port}", renewed_credentials(files)) as channel:
        yield channel


def batch(number: int) -> event_service_pb2.PublishStreamRequest:
    return event_service_pb2.PublishStreamRequest(batch_id=number, events=[event_pb2.Event()])


async def test_a_renewed_certificate_is_shown_from_the_next_call_on(tmp_path: Path) -> None:
    own, later = place(tmp_path / "own", "server", "client"), place(tmp_path / "later", "client")
    clients = tmp_path / "clients.pem"
    clients.write_bytes(own.ca.read_bytes())
    async with AsyncExitStack() as stack:
        async with serving(own, clients) as port:
            channel = await stack.enter_async_context(calling(port, own.client("client")))
            get = get_target(channel)
            await get(TARGET, metadata=KEY)
            clients.write_bytes(later.ca.read_bytes())  # whoever connects from now on is of this authority
            own.certificate("client").write_bytes(later.certificate("client").read_bytes())
            await get(TARGET, metadata=KEY)  # with a key that does not fit yet the old connection goes on
            own.key("client").write_bytes(later.key("client").read_bytes())
        async with serving(own, clients, port):
            await get(TARGET, metadata=KEY)
            await get_target(channel)(TARGET, metadata=KEY)


async def test_another_authority_is_believed_from_the_next_call_on(tmp_path: Path) -> None:
    own, later = place(tmp_path / "own", "server", "client"), place(tmp_path / "later")
    files = own.client("client")
    async with serving(own, own.ca) as port, calling(port, files) as channel:
        await get_target(channel)(TARGET, metadata=KEY)
    clients = tmp_path / "clients.pem"
    clients.write_bytes(own.ca.read_bytes())
    async with calling(port, files) as channel, serving(later, clients, port):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await get_target(channel)(TARGET, metadata=KEY)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        own.ca.write_bytes(later.ca.read_bytes())
        await get_target(channel)(TARGET, metadata=KEY)


async def test_a_stream_that_is_under_way_goes_on(tmp_path: Path) -> None:
    own = place(tmp_path / "own", "server", "client")
    async with serving(own, own.ca) as port, calling(port, own.client("client")) as channel:
        stream = publish_stream(channel)(metadata=KEY)
        await stream.write(batch(1))
        assert (await stream.read()).batch_id == 1
        for number in (2, 3):
            own.issue("client")
            await get_target(channel)(TARGET, metadata=KEY)
            await stream.write(batch(number))
            assert (await stream.read()).batch_id == number
        await stream.done_writing()
        assert await stream.read() is grpc.aio.EOF
        assert await stream.code() is grpc.StatusCode.OK


async def test_what_was_replaced_is_closed_with_its_last_call(tmp_path: Path) -> None:
    own = place(tmp_path / "own", "server", "client")
    async with serving(own, own.ca) as port, calling(port, own.client("client")) as channel:
        assert isinstance(channel, RenewedChannel)
        stream = publish_stream(channel)(metadata=KEY)
        await stream.write(batch(1))
        first = channel.behind
        own.issue("client")
        await get_target(channel)(TARGET, metadata=KEY)
        assert channel.behind is not first
        assert not first.closed
        stream.cancel()
        while not first.closed:
            await asyncio.sleep(0)


async def test_closing_ends_what_was_replaced_too(tmp_path: Path) -> None:
    own = place(tmp_path / "own", "server", "client")
    async with serving(own, own.ca) as port, calling(port, own.client("client")) as channel:
        stream = publish_stream(channel)(metadata=KEY)
        await stream.write(batch(1))
        await stream.read()
        own.issue("client")
        await channel.channel_ready()
        await channel.close()
        assert stream.done()
        assert channel.get_state() is grpc.ChannelConnectivity.SHUTDOWN
