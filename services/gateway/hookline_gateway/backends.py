"""The two services behind the door, each by one channel that connects, and connects again, by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, Self

import grpc
import grpc.aio

from hookline_runtime.channels import open_channel
from hookline_runtime.renewed_channel import Credentials

Name = Literal["registry", "dispatcher"]
Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Backends:
    """Channels to the registry and the dispatcher; open for as long as the gateway runs."""

    registry: grpc.aio.Channel
    dispatcher: grpc.aio.Channel

    @classmethod
    def connect(cls, registry: str, dispatcher: str, credentials: Credentials | None = None) -> Self:
        """Channels to these addresses; neither need be there yet. Runs on an event loop."""
        return cls(open_channel(registry, credentials), open_channel(dispatcher, credentials))

    def of(self, name: Name) -> grpc.aio.Channel:
        """The channel to a service by its name."""
        return self.registry if name == "registry" else self.dispatcher

    async def close(self) -> None:
        """Closes both."""
        await asyncio.gather(self.registry.close(), self.dispatcher.close())
