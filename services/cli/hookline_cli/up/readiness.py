"""Whether a service is ready by its health check."""

import asyncio

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hookline_runtime.channels import open_channel

_WHOLE_SERVER = health_pb2.HealthCheckRequest(service="")
_SERVING = health_pb2.HealthCheckResponse.SERVING
_PAUSE_SECONDS = 0.1


async def serving(address: str, credentials: grpc.ChannelCredentials | None = None, timeout: float = 2.0) -> bool:
    """Whether the service says SERVING now."""
    async with open_channel(address, credentials) as channel:
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(_WHOLE_SERVER, timeout=timeout)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == _SERVING)


async def until_serving(address: str, credentials: grpc.ChannelCredentials | None = None) -> None:
    """Returns once the service says SERVING; the caller bounds the time."""
    async with open_channel(address, credentials) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        while True:
            try:
                async for answer in stub.Watch(_WHOLE_SERVER, wait_for_ready=True):
                    if answer.status == _SERVING:
                        return
            except grpc.aio.AioRpcError:
                # It listens not yet, or not any more.
                await asyncio.sleep(_PAUSE_SECONDS)
