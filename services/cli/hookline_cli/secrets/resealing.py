"""The databases of a folder, sealed anew under the first key while no service works on them.

Each is gone over as its service does at a start, so it can be broken off and begun again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hookline_cli.failure import CliError
from hookline_cli.up.layout import registry_database
from hookline_dispatcher.config.sealing import renewed_body
from hookline_dispatcher.server import STORE_FILE
from hookline_dispatcher.store.sqlite.file import InUse, Unusable
from hookline_dispatcher.store.sqlite.schema import TooNew
from hookline_dispatcher.store.sqlite.sealing import Sealing
from hookline_dispatcher.store.sqlite.sealing import settle_file as settle_dispatcher
from hookline_gateway.bin import BinsUnusable
from hookline_gateway.bin.schema import FILE as BINS_FILE
from hookline_gateway.bin.sealing import settle_file as settle_bins
from hookline_registry import sealing as registry_sealing
from hookline_registry.database import Database
from hookline_runtime.clock import SystemClock
from hookline_runtime.errors import Unavailable
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.renewing import KeyMissing, Settled
from hookline_runtime.vault.vault import Vault

REGISTRY_FILE = "registry.db"
_ANY_SIZE = 1 << 62


@dataclass(frozen=True, slots=True)
class Resealed:
    """How one database stands."""

    file: str
    settled: Settled


async def reseal(data: Path, keys: Sequence[SealingKey], lost: str = "") -> AsyncIterator[Resealed]:
    """Seals each database of the folder anew; ``lost`` is the id of a key whose secrets are given up.

    Raises CliError: there is none, one is in use or cannot be used, or a key is missing.
    """
    vault = Vault(keys)
    works = {REGISTRY_FILE: _registry, STORE_FILE: _dispatcher, BINS_FILE: _bins}
    there = [name for name in works if (data / name).exists()]
    if not there:
        raise CliError(f"there is no database in {data}: point --data at the folder of a service, or of `hookline up`")
    for name in there:
        try:
            yield Resealed(name, await works[name](data, vault, lost))
        except Unavailable:
            raise CliError(f"{data / name} cannot be used, or another process does") from None
        except (BinsUnusable, InUse, KeyMissing, OSError, TooNew, Unusable, ValueError) as error:
            raise CliError(str(error)) from None


async def _registry(data: Path, vault: Vault, lost: str) -> Settled:
    database = await Database.open(registry_database(data), SystemClock(), vault=vault)
    try:
        if lost:
            await registry_sealing.forget_key(database, lost)
        return await registry_sealing.settle(database)
    finally:
        await database.close()


async def _dispatcher(data: Path, vault: Vault, lost: str) -> Settled:
    sealing = Sealing(vault, renewed_body, _ANY_SIZE)
    return await asyncio.to_thread(settle_dispatcher, data / STORE_FILE, sealing, SystemClock().now(), lost)


async def _bins(data: Path, vault: Vault, lost: str) -> Settled:
    return await asyncio.to_thread(settle_bins, data, vault)
