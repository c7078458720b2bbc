"""Every asynchronous test of the sender runs on both loops."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy


@pytest.hookimpl
def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def guard() -> Guard:
    return Guard(Policy.of("127.0.0.0/8,::1/128"))


@pytest.fixture
async def sender(guard: Guard) -> AsyncIterator[Sender]:
    sender = Sender(guard)
    yield sender
    await sender.aclose()
