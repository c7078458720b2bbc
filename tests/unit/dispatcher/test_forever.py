import asyncio

import pytest

from hookline_dispatcher import forever as module
from hookline_dispatcher.forever import forever


async def test_begins_again_after_a_bug_and_ends_when_the_work_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise RuntimeError("bug")

    await asyncio.wait_for(forever(work), 5)
    assert runs == 3
