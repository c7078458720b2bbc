"""`hookline keys`: who may call."""

import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from hookline.registry.v1 import account_pb2, account_pb2_grpc
from rich.console import Group

from hookline_cli import tables
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Who may call.", no_args_is_help=True)


class Scope(StrEnum):
    """What a key may do."""

    manage = "manage"
    publish = "publish"
    read = "read"
    admin = "admin"


@talks(app, "create")
async def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="For people.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="May be repeated; read when left out.")] = None,
    operator_key: Annotated[bool, typer.Option("--operator-key", help="A key for the installation.")] = False,
    expire_days: Annotated[float | None, typer.Option(help="End the key by itself.", min=0)] = None,
) -> None:
    """Make a key; its secret is shown this once."""
    if not name.strip():
        raise typer.BadParameter("a key needs a name, so that people know whose it is")
    registry = await session.registry()
    kind = account_pb2.KEY_KIND_OPERATOR if operator_key else account_pb2.KEY_KIND_ACCOUNT
    request = account_pb2.CreateKeyRequest(
        account_id=session.account_id,
        kind=kind,
        name=name,
        scopes=[account_pb2.Scope.Value(f"SCOPE_{each.upper()}") for each in scope or (Scope.read,)],
        request_id=str(uuid.uuid4()),
    )
    if expire_days is not None:
        request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(days=expire_days))
    stub = account_pb2_grpc.AccountServiceStub(registry.channel)
    answer = await registry.answer(stub.CreateKey, request)
    shown = tables.facts((("api-key", answer.secret), ("api-appid", answer.key.application_id)))
    session.output.document(as_json(answer), Group(tables.keys([answer.key]), shown))


@talks(app, "list")
async def list_(
    session: Session, limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100
) -> None:
    """List keys, without their secrets."""
    registry = await session.registry()
    stub = account_pb2_grpc.AccountServiceStub(registry.channel)
    request = account_pb2.ListKeysRequest(account_id=session.account_id)
    items, more = await registry.pages(stub.ListKeys, request, lambda page: page.keys, limit)
    session.output.document({"keys": [as_json(each) for each in items], "more": more}, tables.keys(items))


@talks(app, "revoke")
async def revoke(session: Session, id: Annotated[int, typer.Argument(help="The id of a key.", min=1)]) -> None:
    """End a key for good."""
    registry = await session.registry()
    stub = account_pb2_grpc.AccountServiceStub(registry.channel)
    request = account_pb2.RevokeKeyRequest(account_id=session.account_id, id=id)
    answer = await registry.answer(stub.RevokeKey, request)
    session.output.document(as_json(answer), tables.keys([answer.key]))
