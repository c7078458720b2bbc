import asyncio
from collections.abc import AsyncIterator

import pytest

from hookline_plugin import Flaw, World
from hookline_registry.foreign_sources import Asking
from hookline_runtime.errors import InvalidArgument, ResourceExhausted
from tests.contract.registry.odd_plugin import GO_ON, OddSource

WORLD = World({}, {})


@pytest.fixture
async def hanging() -> AsyncIterator[None]:
    """What hangs goes on at the end of the test."""
    GO_ON.clear()
    yield
    GO_ON.set()


async def test_a_source_that_hangs_is_given_up_on_and_holds_up_nobody(hanging: None) -> None:
    asking = Asking(bound=0.05, most=2)
    refused = await asyncio.gather(
        *(asking.taken(OddSource(), {"do": "hang"}, WORLD) for _ in range(2)), return_exceptions=True
    )
    assert all("did not answer within 0.05 s" in str(each) for each in refused)
    with pytest.raises(ResourceExhausted):
        await asking.taken(OddSource(), {}, WORLD)
    GO_ON.set()
    async with asyncio.timeout(10):
        while True:
            try:
                assert await asking.taken(OddSource(), {"a": 1}, WORLD) == {"a": 1}
                break
            except ResourceExhausted:
                await asyncio.sleep(0)


async def test_what_a_source_says_is_cut() -> None:
    flaws = await Asking().taken(OddSource(), {"do": "endless"}, WORLD)
    assert flaws == (Flaw("do", "again"),) * 100
    with pytest.raises(InvalidArgument, match="failed with SystemExit"):
        await Asking().taken(OddSource(), {"do": "exit"}, WORLD)
