"""AuditService over gRPC."""

from hookline.registry.v1 import audit_pb2 as pb
from hookline.registry.v1 import audit_pb2_grpc

from hookline_registry import audit_entries, wire
from hookline_registry.audit_entries import Done, Entry, Wanted
from hookline_registry.database import Database, Transaction
from hookline_registry.pages import Asked, collect
from hookline_runtime.access import KeyKind, Scope, account_of, current_principal
from hookline_runtime.errors import PermissionDenied
from hookline_runtime.times import micros_of


class AuditService(audit_pb2_grpc.AuditServiceServicer):
    """Who changed what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ListAuditEntries(
        self, request: pb.ListAuditEntriesRequest, context: object
    ) -> pb.ListAuditEntriesResponse:
        """List entries, the newest first."""
        wanted = _wanted(request)
        fields: dict[str, int | str] = {
            "list": "audit entries",
            "account": -1 if wanted.account_id is None else wanted.account_id,
            "since": wanted.since_time,
            "until": wanted.until_time,
            "key": wanted.application_id,
            "resource": wanted.resource,
            "method": wanted.method,
        }
        async with self._database.read() as connection:
            page = await collect(
                Asked(request.page_size, request.page_token, fields),
                lambda before, limit: audit_entries.page(connection, wanted, before, limit),
                _shown,
            )
        return pb.ListAuditEntriesResponse(audit_entries=page.items, next_page_token=page.next_token)

    async def ReportAuditEntries(
        self, request: pb.ReportAuditEntriesRequest, context: object
    ) -> pb.ReportAuditEntriesResponse:
        """Keep what another service did."""
        reported = [(_done(each.entry), each.report_id) for each in request.entries]

        async def work(transaction: Transaction) -> None:
            for done, report_id in reported:
                await audit_entries.add(transaction, done, report_id)

        await self._database.write(work)
        return pb.ReportAuditEntriesResponse()


def _wanted(request: pb.ListAuditEntriesRequest) -> Wanted:
    principal = current_principal()
    account_id: int | None
    if principal.kind is KeyKind.ACCOUNT:
        account_id = account_of(request.account_id)
    elif Scope.ADMIN not in principal.scopes:
        raise PermissionDenied('an operator key needs the scope "admin" for the audit log', reason="ADMIN_NEEDED")
    else:
        account_id = request.account_id or None
    return Wanted(
        account_id,
        micros_of("since_time", request.since_time),
        micros_of("until_time", request.until_time),
        request.application_id,
        request.resource,
        request.method,
    )


def _shown(entry: Entry) -> pb.AuditEntry:
    done = entry.done
    same = {name: getattr(done, name) for name in Done.__dataclass_fields__ if name != "create_time"}
    return pb.AuditEntry(id=entry.id, create_time=wire.timestamp(done.create_time), **same)


def _done(entry: pb.AuditEntry) -> Done:
    same = {name: getattr(entry, name) for name in Done.__dataclass_fields__ if name != "create_time"}
    return Done(create_time=micros_of("entries.create_time", entry.create_time), **same)
