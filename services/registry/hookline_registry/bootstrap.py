"""The first start of an installation: one account and the keys to begin with."""

from dataclasses import dataclass

from hookline.registry.v1 import account_pb2

from hookline_registry import accounts, keys
from hookline_registry.database import Database, Transaction, read_counter
from hookline_registry.keys import OPERATOR, KeySettings
from hookline_registry.model import AccountSettings, Plan
from hookline_runtime.access import hash_secret, new_secret
from hookline_runtime.clock import SystemClock

_ACCOUNT_SCOPES = (account_pb2.SCOPE_MANAGE, account_pb2.SCOPE_PUBLISH, account_pb2.SCOPE_READ)
_OPERATOR_SCOPES = (*_ACCOUNT_SCOPES, account_pb2.SCOPE_ADMIN)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The first account and, in plain text this once, its key and the operator's."""

    account_id: int
    api_key: str
    api_appid: str
    operator_key: str
    operator_appid: str


async def bootstrap(url: str, account_name: str = "My account") -> Credentials | None:
    """Make, in the database at a URL, an account on plan PRO with every switch on, a key of every account scope,
    and an operator key.

    Gives None, and changes nothing, when there is or was an account.
    """
    database = await Database.open(url, SystemClock())
    try:
        return await first_keys(database, account_name)
    finally:
        await database.close()


async def first_keys(database: Database, account_name: str) -> Credentials | None:
    """Do the same in a database that is open."""
    secret, operator_secret = new_secret(), new_secret()

    async def work(transaction: Transaction) -> Credentials | None:
        if await read_counter(transaction.connection, "account"):
            return None
        chosen = AccountSettings(account_name, Plan.PRO, global_rules=True, form_rules=True)
        account = await accounts.create(transaction, chosen)
        own = KeySettings(account.id, "first key", _ACCOUNT_SCOPES)
        operator = KeySettings(OPERATOR, "first operator key", _OPERATOR_SCOPES)
        own_key = await keys.create(transaction, own, hash_secret(secret))
        operator_key = await keys.create(transaction, operator, hash_secret(operator_secret))
        return Credentials(account.id, secret, own_key.application_id, operator_secret, operator_key.application_id)

    return await database.write(work)
