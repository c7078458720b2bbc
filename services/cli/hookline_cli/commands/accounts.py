"""`hookline accounts`: the tenants of the installation."""

from enum import StrEnum
from typing import Annotated

import typer
from hookline.registry.v1 import account_pb2, account_pb2_grpc

from hookline_cli import tables
from hookline_cli.commands.rendering import account_facts
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="The tenants of the installation.", no_args_is_help=True)


class Plan(StrEnum):
    """What an account pays for."""

    basic = "BASIC"
    plus = "PLUS"
    pro = "PRO"


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


@talks(app, "update")
async def update(
    session: Session,
    id: Annotated[int, typer.Argument(help="The account.", min=1)],
    name: Annotated[str | None, typer.Option(help="For people.")] = None,
    plan: Annotated[Plan | None, typer.Option(help="What it pays for.", case_sensitive=False)] = None,
    global_rules: Annotated[bool | None, typer.Option(help="The switch of global rules.")] = None,
    form_rules: Annotated[bool | None, typer.Option(help="The switch of rules for form submissions.")] = None,
) -> None:
    """Change what is given; needs an operator key (--operator)."""
    request = account_pb2.UpdateAccountRequest(account=account_pb2.Account(id=id))
    account, paths = request.account, request.update_mask.paths
    if name is not None:
        account.name = name
        paths.append("name")
    if plan is not None:
        account.plan = account_pb2.Plan.Value(f"PLAN_{plan.value}")
        paths.append("plan")
    if global_rules is not None:
        account.features.global_rules = global_rules
        paths.append("features.global_rules")
    if form_rules is not None:
        account.features.form_rules = form_rules
        paths.append("features.form_rules")
    if not paths:
        raise typer.BadParameter("nothing is to be changed: give at least one option")
    registry = await session.registry()
    stub = account_pb2_grpc.AccountServiceStub(registry.channel)
    answer = await registry.answer(stub.UpdateAccount, request)
    session.output.document(as_json(answer), account_facts(answer.account))
