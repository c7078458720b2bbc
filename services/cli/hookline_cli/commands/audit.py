"""`hookline audit`: who changed what."""

from typing import Annotated

import typer
from hookline.registry.v1 import audit_pb2, audit_pb2_grpc

from hookline_cli import tables
from hookline_cli.commands.deliveries import moment_of
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Who changed what.", no_args_is_help=True)


@talks(app, "list")
async def list_(
    session: Session,
    resource: Annotated[str, typer.Option(help="Only this: webhook/3, or webhook for all of them.")] = "",
    method: Annotated[str, typer.Option(help="Only this RPC, such as UpdateWebhook.")] = "",
    key: Annotated[str, typer.Option(help="Only what the key with this application id did.")] = "",
    since: Annotated[str | None, typer.Option(help="RFC 3339, or an age such as 90s, 15m, 2h, 1d.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 50,
) -> None:
    """List what was changed, the newest first; --json shows what it was before and after."""
    registry = await session.registry()
    stub = audit_pb2_grpc.AuditServiceStub(registry.channel)
    request = audit_pb2.ListAuditEntriesRequest(
        account_id=session.account_id, resource=resource, method=method, application_id=key
    )
    if since is not None:
        request.since_time.CopyFrom(moment_of(since))
    items, more = await registry.pages(stub.ListAuditEntries, request, lambda page: page.audit_entries, limit)
    entries = [as_json(each) for each in items]
    session.output.document({"audit_entries": entries, "more": more}, tables.audit_entries(items))
