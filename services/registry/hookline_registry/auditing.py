"""The one place where changes get into the audit log: around the work of every write transaction that an RPC runs."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from google.protobuf.message import Message

from hookline_registry import audit_entries
from hookline_registry.audit_entries import Done
from hookline_registry.audited_resources import resource_of, shown
from hookline_registry.database import Transaction
from hookline_runtime.access import KeyKind
from hookline_runtime.calls import Call, current_call

T = TypeVar("T")


async def audited(transaction: Transaction, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run work, and note what it changed in the same transaction; what no RPC asked for is not noted."""
    call = current_call()
    if call is None:
        return await work(transaction)
    before = await shown(transaction, resource_of(call))
    answer = await work(transaction)
    if transaction.changed:
        made = answer if isinstance(answer, Message) else None
        await audit_entries.add(transaction, await _done(transaction, call, made, before))
    return answer


async def _done(transaction: Transaction, call: Call, answer: Message | None, before: bytes) -> Done:
    resource = resource_of(call, answer)
    return Done(
        create_time=transaction.now,
        account_id=resource.account_id,
        application_id=call.principal.application_id,
        operator=call.principal.kind is KeyKind.OPERATOR,
        method=call.method,
        resource=str(resource),
        outcome="OK",
        before=before,
        after=await shown(transaction, resource),
        request_id=call.request_id,
        peer=call.peer,
    )
