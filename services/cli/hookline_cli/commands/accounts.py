"""`hookline accounts`: the tenants of the installation."""

from typing import Annotated

import typer
from hookline.registry.v1 import account_pb2, account_pb2_grpc

from hookline_cli import tables
from hookline_cli.commands.rendering import account_facts
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="The tenants of the installation.", no_args_is_help=True)


@talks(app, "list")
async def list_(
    session: Session, limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100
) -> None:
    """List accounts; needs an operator key (--operator)."""
    registry = await session.registry()
    stub = account_pb2_grpc.AccountServiceStub(registry.channel)
    request = account_pb2.ListAccountsRequest()
    items, more = await registry.pages(stub.ListAccounts, request, lambda page: page.accounts, limit)
    session.output.document({"accounts": [as_json(each) for each in items], "more": more}, tables.accounts(items))


@talks(app, "show")
async def show(
    session: Session, id: Annotated[int, typer.Argument(help="The account; 0: the key's own.", min=0)] = 0
) -> None:
    """Show one account."""
    registry = await session.registry()
    stub = account_pb2_grpc.AccountServiceStub(registry.channel)
    request = account_pb2.GetAccountRequest(account_id=id or session.account_id)
    answer = await registry.answer(stub.GetAccount, request)
    session.output.document(as_json(answer), account_facts(answer.account))
