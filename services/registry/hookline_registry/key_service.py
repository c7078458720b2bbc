"""The RPCs of AccountService that are about keys."""

from hookline.registry.v1 import account_pb2 as pb
from hookline.registry.v1 import account_pb2_grpc
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import accounts, idempotency, keys, wire
from hookline_registry.database import Database, Transaction
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import account_or_operators, create_of, refuse
from hookline_runtime.access import Scope, account_of, current_principal, hash_secret, new_secret
from hookline_runtime.errors import InvalidArgument, PermissionDenied, Unauthenticated, Violation
from hookline_runtime.times import micros_of


class KeyRpcs(account_pb2_grpc.AccountServiceServicer):
    """Keys of accounts and of the operator."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def CreateKey(self, request: pb.CreateKeyRequest, context: object) -> pb.CreateKeyResponse:
        """Make a key and show its secret this once."""
        giver = current_principal()
        wanted = _wanted(request)
        keys.check_grant(giver, wanted)
        create = create_of(request, wanted.account_id, request.request_id)
        secret = new_secret()

        async def work(transaction: Transaction) -> pb.CreateKeyResponse:
            await _require_account(transaction.connection, wanted.account_id)
            made_before = await idempotency.recall(
                transaction, create, lambda made: keys.get(transaction.connection, wanted.account_id, made)
            )
            if made_before is not None:
                return pb.CreateKeyResponse(key=wire.key(made_before), config_revision=made_before.revision)
            refuse(keys.violations(wanted, transaction.now))
            stored = await keys.create(transaction, wanted, hash_secret(secret))
            await idempotency.remember(transaction, create, stored.id)
            return pb.CreateKeyResponse(key=wire.key(stored), secret=secret, config_revision=stored.revision)

        return await self.database.write(work)

    async def GetCaller(self, request: pb.GetCallerRequest, context: object) -> pb.GetCallerResponse:
        """Show the key that calls, and its account."""
        async with self.database.read() as connection:
            stored = await keys.find(connection, current_principal().application_id)
            if stored is None:  # deleted with its account since the access check
                raise Unauthenticated("no key has this api-appid and api-key", reason="KEY_INVALID")
            answer = pb.GetCallerResponse(key=wire.key(stored))
            if stored.account_id != keys.OPERATOR:
                answer.account.CopyFrom(wire.account(await accounts.get(connection, stored.account_id)))
        return answer

    async def GetKey(self, request: pb.GetKeyRequest, context: object) -> pb.GetKeyResponse:
        """Show a key."""
        account_id = account_or_operators(request.account_id)
        async with self.database.read() as connection:
            await _require_account(connection, account_id)
            stored = await keys.get(connection, account_id, request.id)
        return pb.GetKeyResponse(key=wire.key(stored))

    async def ListKeys(self, request: pb.ListKeysRequest, context: object) -> pb.ListKeysResponse:
        """List keys."""
        account_id = account_or_operators(request.account_id)
        asked = Asked(request.page_size, request.page_token, {"list": "keys", "account": account_id})
        async with self.database.read() as connection:
            await _require_account(connection, account_id)
            page = await collect(asked, lambda after, limit: keys.page(connection, account_id, after, limit), wire.key)
        return pb.ListKeysResponse(keys=page.items, next_page_token=page.next_token)

    async def RevokeKey(self, request: pb.RevokeKeyRequest, context: object) -> pb.RevokeKeyResponse:
        """End a key for good."""
        account_id = account_or_operators(request.account_id)
        if account_id == keys.OPERATOR and Scope.ADMIN not in current_principal().scopes:
            raise PermissionDenied('revoking an operator key takes the scope "admin"', reason="ADMIN_NEEDED")

        async def work(transaction: Transaction) -> pb.RevokeKeyResponse:
            await _require_account(transaction.connection, account_id)
            current = await keys.get(transaction.connection, account_id, request.id)
            stored = await keys.revoke(transaction, current)
            return pb.RevokeKeyResponse(key=wire.key(stored), config_revision=stored.revision)

        return await self.database.write(work)


def _wanted(request: pb.CreateKeyRequest) -> keys.KeySettings:
    if not request.name.strip():
        raise InvalidArgument(Violation("name", "must not be blank: by it people know whose key it is"))
    expire_time = micros_of("expire_time", request.expire_time) if request.HasField("expire_time") else None
    if request.kind == pb.KEY_KIND_OPERATOR:
        if request.account_id:
            raise InvalidArgument(Violation("account_id", "must not be set for an operator key"))
        account_id = keys.OPERATOR
    else:
        account_id = account_of(request.account_id)
    return keys.KeySettings(account_id, request.name, tuple(request.scopes), expire_time)


async def _require_account(connection: AsyncConnection, account_id: int) -> None:
    if account_id != keys.OPERATOR:
        await accounts.get(connection, account_id)
