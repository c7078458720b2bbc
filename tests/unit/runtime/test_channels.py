"""How clients connect: patiently where a server is there and busy."""

import asyncio
import socket
from contextlib import closing

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health

from hookline_runtime.channels import open_channel

LATE = 0.4
"""Seconds by which the server's greeting is late: several times the pause before the first reconnect."""


class _Late:
    """Hands connections on to the server at a port, each a little later."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with closing(writer):
            await asyncio.sleep(LATE)
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
            with closing(to_server):
                async with asyncio.TaskGroup() as both:
                    both.create_task(_pass_on(reader, to_server))
                    both.create_task(_pass_on(from_server, writer))

    async def end(self) -> None:
        """Ends what is under way: a client that was in doubt has dialled more than once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def test_a_server_whose_greeting_is_late_is_waited_for() -> None:
    server = grpc.aio.server()
    servicer = health.HealthServicer()
    await servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    late = _Late(port)
    busy = await asyncio.start_server(late.serve, "127.0.0.1", 0, family=socket.AF_INET)
    address = f"127.0.0.1:{busy.sockets[0].getsockname()[1]}"
    try:
        async with asyncio.timeout(10), open_channel(address) as channel:
            answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
    finally:
        busy.close()
        await late.end()
        await server.stop(0)
