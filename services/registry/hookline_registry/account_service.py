"""AccountService over gRPC: accounts here, keys in `key_service`."""

from hookline.registry.v1 import account_pb2 as pb

from hookline_registry import accounts, idempotency, wire
from hookline_registry.database import Transaction
from hookline_registry.key_service import KeyRpcs
from hookline_registry.masks import paths_of
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, check_id, create_of, updated
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, Violation

_CHANGEABLE = ("name", "plan", "features", "features.global_rules", "features.form_rules")


class AccountService(KeyRpcs):
    """Accounts and keys."""

    async def CreateAccount(self, request: pb.CreateAccountRequest, context: object) -> pb.CreateAccountResponse:
        """Make an account."""
        _check_name(request.account)
        create = create_of(request, 0, request.request_id, "account")

        async def work(transaction: Transaction) -> pb.CreateAccountResponse:
            stored = await idempotency.recall(
                transaction, create, lambda made: accounts.get(transaction.connection, made)
            )
            if stored is None:
                stored = await accounts.create(transaction, wire.account_settings(request.account))
                await idempotency.remember(transaction, create, stored.id)
            return pb.CreateAccountResponse(account=wire.account(stored), config_revision=stored.revision)

        return await self.database.write(work)

    async def GetAccount(self, request: pb.GetAccountRequest, context: object) -> pb.GetAccountResponse:
        """Show an account."""
        account_id = account_of(request.account_id)
        async with self.database.read() as connection:
            stored = await accounts.get(connection, account_id)
        return pb.GetAccountResponse(account=wire.account(stored))

    async def ListAccounts(self, request: pb.ListAccountsRequest, context: object) -> pb.ListAccountsResponse:
        """List accounts."""
        asked = Asked(request.page_size, request.page_token, {"list": "accounts"})
        async with self.database.read() as connection:
            page = await collect(asked, lambda after, limit: accounts.page(connection, after, limit), wire.account)
        return pb.ListAccountsResponse(accounts=page.items, next_page_token=page.next_token)

    async def UpdateAccount(self, request: pb.UpdateAccountRequest, context: object) -> pb.UpdateAccountResponse:
        """Change an account."""
        check_id("account.id", request.account.id)
        paths = paths_of(request.update_mask.paths, request.account, _CHANGEABLE)
        if "name" in paths:
            _check_name(request.account)

        async def work(transaction: Transaction) -> pb.UpdateAccountResponse:
            current = await accounts.get(transaction.connection, request.account.id)
            merged = updated("account", wire.account(current), request.account, paths)
            stored = await accounts.change(transaction, current, wire.account_settings(merged))
            return pb.UpdateAccountResponse(account=wire.account(stored), config_revision=stored.revision)

        return await self.database.write(work)

    async def DeleteAccount(self, request: pb.DeleteAccountRequest, context: object) -> pb.DeleteAccountResponse:
        """Delete an account with all that is its own."""

        async def work(transaction: Transaction) -> pb.DeleteAccountResponse:
            current = await accounts.get(transaction.connection, request.account_id)
            check_etag(request.etag, wire.etag_of(current.revision))
            await accounts.remove(transaction, current.id)
            return pb.DeleteAccountResponse(config_revision=transaction.revision)

        return await self.database.write(work)


def _check_name(account: pb.Account) -> None:
    if not account.name.strip():
        raise InvalidArgument(Violation("account.name", "must not be blank"))
