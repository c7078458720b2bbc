from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from structlog.testing import capture_logs

from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.schema import FILE, IN_CLEAR, SEALED
from hookline_gateway.bin.sealing import settle_file
from hookline_gateway.bin.store import BinStore
from hookline_runtime.sealing_keys import tell
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.vault import Vault

OLD, NEW = SealingKey(b"o" * 32), SealingKey(b"n" * 32)
SECRET, OTHER = "whsec_c2VjcmV0", "whsec_b3RoZXI="


@asynccontextmanager
async def opened(folder: Path, *keys: SealingKey) -> AsyncIterator[BinStore]:
    if keys:
        tell(settle_file(folder, Vault(keys)), "bins.db")
    store = BinStore.open(folder, BinLimits(all_bytes=1_000_000), vault=Vault(keys))
    try:
        yield store
    finally:
        await store.close()


def holds(folder: Path, secret: str) -> bool:
    return secret.encode() in b"".join(each.read_bytes() for each in folder.iterdir())


def version(folder: Path) -> int:
    with closing(sqlite3.connect(folder / FILE)) as file:
        (found,) = file.execute("PRAGMA user_version").fetchone()
        return int(found)


async def test_secrets_are_on_disk_sealed_alone(tmp_path: Path) -> None:
    async with opened(tmp_path, NEW) as store:
        made, none = await store.create(3, SECRET), await store.create(3, "")
        assert (await store.find(made.id)).secret == made.secret == SECRET
        assert (await store.find(none.id)).secret == ""
        await store.set_secret(made, OTHER)
        assert not holds(tmp_path, SECRET)
        assert not holds(tmp_path, OTHER)
    async with opened(tmp_path, NEW) as store:
        assert (await store.find(made.id)).secret == OTHER


async def test_a_file_with_secrets_in_clear_is_sealed_and_written_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made, gone = await store.create(3, SECRET), await store.create(3, OTHER)
        await store.delete(gone.id)
    assert holds(tmp_path, SECRET)
    assert version(tmp_path) == IN_CLEAR
    async with opened(tmp_path, NEW) as store:
        assert not holds(tmp_path, SECRET)
        assert not holds(tmp_path, OTHER)
        assert (await store.find(made.id)).secret == SECRET
    assert version(tmp_path) == SEALED


async def test_another_first_key_seals_anew(tmp_path: Path) -> None:
    async with opened(tmp_path, OLD) as store:
        made = await store.create(3, SECRET)
    async with opened(tmp_path, NEW, OLD):
        pass
    async with opened(tmp_path, NEW) as store:
        assert (await store.find(made.id)).secret == SECRET


async def test_a_bin_whose_secret_cannot_be_read_has_none_until_it_is_set(tmp_path: Path) -> None:
    async with opened(tmp_path, OLD) as store:
        made = await store.create(3, SECRET)
    with capture_logs() as lines:
        async with opened(tmp_path, NEW) as store:
            found = await store.find(made.id)
            assert found.secret == ""
            await store.set_secret(found, OTHER)
            assert (await store.find(made.id)).secret == OTHER
    assert [(line["log_level"], line["count"]) for line in lines] == [("error", 1)]
