"""Both services with two accounts that have one of everything each."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.access.two_accounts import Two, running
from tests.contract.registry import odd_plugin


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    folder = tmp_path_factory.mktemp("access")
    installed = folder / "site" / "hookline_odd-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: hookline-odd\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[hookline]\nodd = {odd_plugin.__name__}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed.parent)
        async with running(folder) as two:
            yield two
