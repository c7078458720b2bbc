"""Both services with two accounts that have one of everything each."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.access.two_accounts import Two, running
from tests.contract.registry import odd_plugin


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """The plugin of ``odd`` triggers is installed, in a folder."""
    site = folder / "site" / "hookline_odd-1.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: hookline-odd\nVersion: 1.0\n")
    (site / "entry_points.txt").write_text(f"[hookline]\nodd = {odd_plugin.__name__}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site.parent)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    folder = tmp_path_factory.mktemp("access")
    with installed(folder):
        async with running(folder) as two:
            yield two
