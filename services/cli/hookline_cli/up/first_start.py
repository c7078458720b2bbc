"""The first start: an account and keys to begin with, and the file that holds them.

It works on the registry's database in this process, before the registry starts: whoever may write the folder may make
keys. What always holds: a key is announced only after the file that holds it is safe on disk.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from hookline.registry.v1 import account_pb2

from hookline_cli.credentials import Credentials, save
from hookline_cli.failure import CliError
from hookline_cli.up.later_start import Ready, renewed
from hookline_cli.up.layout import Layout
from hookline_registry import accounts, keys
from hookline_registry.bootstrap import Credentials as Bootstrapped
from hookline_registry.bootstrap import first_keys
from hookline_registry.database import Database, Transaction
from hookline_registry.keys import OPERATOR, KeySettings
from hookline_runtime.access import hash_secret, new_secret
from hookline_runtime.clock import SystemClock

_ACCOUNT_SCOPES = (account_pb2.SCOPE_MANAGE, account_pb2.SCOPE_PUBLISH, account_pb2.SCOPE_READ)


async def prepare(layout: Layout, *, new_keys: bool = False) -> Ready:
    """Makes what is missing: schema, account, keys, file; renews the addresses in a file that is there."""
    async with _database(layout) as database:
        made = await first_keys(database, "My account")
        if made is None and new_keys:
            made = await _more_keys(database)
    file = layout.credentials_file
    if made is not None:
        credentials = Credentials(**asdict(made), **asdict(layout.addresses()))
        save(credentials, file)
        return Ready(credentials, True)
    return Ready(renewed(layout) if file.exists() else None, False)


@asynccontextmanager
async def _database(layout: Layout) -> AsyncIterator[Database]:
    database = await Database.open(layout.database_url, SystemClock())
    try:
        yield database
    finally:
        await database.close()


async def _more_keys(database: Database) -> Bootstrapped:
    """A new key of the first account and a new operator key; the old ones stay valid."""
    secret, operator_secret = new_secret(), new_secret()

    async def work(transaction: Transaction) -> Bootstrapped:
        first = await accounts.page(transaction.connection, 0, 1)
        if not first:
            raise CliError("there is no account left to make a key for")
        own = KeySettings(first[0].id, "made by hookline up", _ACCOUNT_SCOPES)
        operator = KeySettings(OPERATOR, "made by hookline up", (*_ACCOUNT_SCOPES, account_pb2.SCOPE_ADMIN))
        own_key = await keys.create(transaction, own, hash_secret(secret))
        operator_key = await keys.create(transaction, operator, hash_secret(operator_secret))
        return Bootstrapped(first[0].id, secret, own_key.application_id, operator_secret, operator_key.application_id)

    return await database.write(work)
