"""Every RPC of the registry that changes something leaves one entry in the audit log, whichever it is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import grpc
import pytest
import pytest_asyncio
from google.protobuf.descriptor import MethodDescriptor
from hookline.registry.v1 import account_pb2, audit_pb2

from hookline_runtime.calls import CHANGING
from tests.contract.access.asking import base, filled, put, slots
from tests.contract.access.conftest import installed
from tests.contract.access.served import METHODS, access_of, named
from tests.contract.access.two_accounts import Metadata, Two, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
REGISTRY = [each for each in METHODS if access_of(each) in CHANGING and ".registry." in each.full_name]
ORDER = ("Create", "Update", "Rotate", "Publish", "Pause", "Resume", "Revoke", "Delete")
"""So that there still is what is asked for."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """Accounts of this file alone: here they change."""
    folder = tmp_path_factory.mktemp("audit")
    with installed(folder):
        async with running(folder) as two:
            yield two


def place_of(method: MethodDescriptor) -> int:
    return next((place for place, verb in enumerate(ORDER) if method.name.startswith(verb)), len(ORDER))


async def test_what_changes_leaves_an_entry(own: Two) -> None:
    scopes = (account_pb2.SCOPE_MANAGE, account_pb2.SCOPE_ADMIN, account_pb2.SCOPE_READ)
    operator = await own.key(0, *scopes)
    reader = own.suite.world.operator
    seen: set[str] = set()
    for method in sorted(REGISTRY, key=place_of):
        before, latest = own.suite.world.registry.database.head.revision, await newest(reader)
        came = await ask(own, method, operator if "Account" in method.name else own.first_key)
        now = await newest(reader)
        changed = own.suite.world.registry.database.head.revision > before
        assert (now.id > latest.id) == changed, named(method)
        if changed:
            assert came is grpc.StatusCode.OK
            assert now.id == latest.id + 1
            assert now.method == method.full_name
            assert not now.resource.endswith("/0"), now
            assert json.loads(now.before or b"{}") != json.loads(now.after or b"{}")
            seen.add(named(method))
    still = {named(method) for method in REGISTRY} - seen
    # Two only read, and a webhook that is used stays.
    assert still == {"AccountService.ListAccounts", "AuditService.ListAuditEntries", "WebhookService.DeleteWebhook"}


async def newest(reader: object) -> audit_pb2.AuditEntry:
    asked = audit_pb2.ListAuditEntriesRequest(page_size=1)
    (entry,) = (await reader.ListAuditEntries(asked)).audit_entries  # type: ignore[attr-defined]  # a caller's stub
    found: audit_pb2.AuditEntry = entry
    return found


async def ask(two: Two, method: MethodDescriptor, key: Metadata) -> grpc.StatusCode:
    request = base(method)
    for slot in slots(method):
        if slot.name in ("id", "account_id") or slot.name.endswith("webhook_id"):
            put(request, slot.path, two.first.value(method, slot.name))
    if method.name.startswith("Delete") and "Account" in method.name:
        request.account_id = two.second_id
    if method.name == "UpdateAccount":
        request.account.id, request.account.name, request.account.plan = 1, "changed", account_pb2.PLAN_PRO
    if method.name.startswith("Update"):
        resource = next(iter(field for field, _ in request.ListFields() if field.message_type))
        changes = {"max_retries": 7} if resource.name == "subscription" else {"name": "changed"}
        getattr(request, resource.name).MergeFrom(type(getattr(request, resource.name))(**changes))
    return (await two.outcome(method, filled(request), key)).code
