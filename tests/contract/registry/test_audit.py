"""The audit log: what was done is noted with what it changed, in the same transaction, and stays."""

import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import account_pb2, audit_pb2, webhook_pb2
from hookline.registry.v1 import audit_pb2 as pb
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hookline_dispatcher.config.audit_outbox import AuditOutbox
from hookline_dispatcher.store.notes import Note, noting
from hookline_registry import audit_entries
from hookline_registry.database import Transaction
from hookline_registry.settings import Settings
from hookline_runtime.clock import ManualClock
from tests.contract.registry.conftest import OF_SQLITE
from tests.contract.registry.world import (
    SERVICE_KEY,
    Caller,
    World,
    hooking,
    open_world,
    outcome,
    refusal,
    subscribing,
)
from tests.unit.dispatcher_store.conftest import open_sqlite
from tests.unit.dispatcher_store.rig import Rig

Code = grpc.StatusCode
METHOD = "hookline.registry.v1.WebhookService."


async def entries(caller: Caller, **which: Any) -> list[pb.AuditEntry]:
    return list((await caller.ListAuditEntries(pb.ListAuditEntriesRequest(**which))).audit_entries)


async def renamed(world: World, name: str) -> None:
    webhook = webhook_pb2.Webhook(id=1, name=name)
    asked = webhook_pb2.UpdateWebhookRequest(webhook=webhook)
    asked.update_mask.paths.append("name")
    await world.user.UpdateWebhook(asked)


async def test_a_change_says_who_did_what_to_what(world: World) -> None:
    await world.user.CreateWebhook(hooking(name="Old"))
    await renamed(world, "New")
    await world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1))
    gone, changed, made = await entries(world.user, resource="webhook/1")
    assert [each.method for each in (made, changed, gone)] == [
        f"{METHOD}{name}Webhook" for name in ("Create", "Update", "Delete")
    ]
    assert {(each.account_id, each.application_id, each.operator) for each in (made, changed, gone)} == {
        (1, world.first.api_appid, False)
    }
    assert (made.before, gone.after, made.outcome) == (b"", b"", "OK")
    assert (json.loads(changed.before)["name"], json.loads(changed.after)["name"]) == ("Old", "New")
    assert json.loads(made.after) == json.loads(changed.before)
    assert changed.peer.startswith("ipv4:127.0.0.1:")
    assert made.id < changed.id < gone.id


async def test_the_id_of_the_request_is_kept(world: World) -> None:
    key = (("api-appid", world.first.api_appid), ("api-key", world.first.api_key), ("x-request-id", "r-7"))
    await Caller(world.channel, *key).CreateSubscription(subscribing())
    assert [each.request_id for each in await entries(world.user)] == ["r-7"]


async def test_it_holds_no_secrets(world: World) -> None:
    made = await world.user.CreateWebhook(
        hooking(headers=[{"name": "Authorization", "value": "Bearer hidden-1"}, {"name": "X-Plain", "value": "seen"}])
    )
    key = await world.operator.CreateKey(
        account_pb2.CreateKeyRequest(account_id=1, name="k", scopes=[account_pb2.SCOPE_READ])
    )
    rotated = await world.user.RotateWebhookSecret(webhook_pb2.RotateWebhookSecretRequest(id=1))
    found = await entries(world.user)
    assert [each.resource for each in found] == ["webhook/1", f"key/{key.key.id}", "webhook/1"]
    everything = " ".join(map(str, found))
    assert "seen" in everything
    for secret in ("hidden-1", made.signing_secret, rotated.signing_secret, key.secret):
        assert secret not in everything


async def test_what_changes_nothing_leaves_nothing(world: World) -> None:
    tried = hooking()
    tried.validate_only = True
    await world.user.CreateWebhook(tried)
    assert await outcome(world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=9))) is Code.NOT_FOUND
    again = subscribing()
    again.request_id = "once"
    for _ in range(2):
        await world.user.CreateSubscription(again)
    assert [each.resource for each in await entries(world.user)] == ["subscription/1"]


async def test_pages_and_filters(world: World) -> None:
    for number in range(5):
        await world.user.CreateWebhook(hooking(name=f"{number}"))
    await world.user.CreateSubscription(subscribing())
    everything = await entries(world.user)
    found: list[pb.AuditEntry] = []
    token = ""
    while token or not found:
        page = await world.user.ListAuditEntries(pb.ListAuditEntriesRequest(page_size=2, page_token=token))
        found += page.audit_entries
        token = page.next_page_token
    assert found == everything
    assert len(everything) == 6
    time = everything[2].create_time
    wanted: list[tuple[dict[str, Any], list[pb.AuditEntry]]] = [
        ({"resource": "webhook"}, everything[1:]),
        ({"resource": "webhook/1"}, everything[5:]),
        ({"method": "CreateSubscription"}, everything[:1]),
        ({"method": f"{METHOD}CreateWebhook"}, everything[1:]),
        ({"application_id": "other"}, []),
        ({"since_time": time}, [each for each in everything if each.create_time.ToMicroseconds() >= micros(time)]),
        ({"until_time": time}, [each for each in everything if each.create_time.ToMicroseconds() < micros(time)]),
    ]
    for which, expected in wanted:
        assert await entries(world.user, **which) == expected
    first = (await world.user.ListAuditEntries(pb.ListAuditEntriesRequest(page_size=1))).next_page_token
    assert (await refusal(entries(world.user, method="CreateWebhook", page_token=first))).fields == ("page_token",)


def micros(time: Timestamp) -> int:
    return time.ToMicroseconds()


async def test_an_account_sees_its_own_and_an_operator_all(world: World) -> None:
    other_id, other = await world.new_account()
    await world.user.CreateWebhook(hooking())
    await other.CreateSubscription(subscribing())
    assert [each.resource for each in await entries(world.user)] == ["webhook/1"]
    assert {each.account_id for each in await entries(other)} == {other_id}
    assert {each.account_id for each in await entries(world.operator)} == {1, other_id}
    assert {each.account_id for each in await entries(world.operator, account_id=other_id)} == {other_id}
    limited = await world.new_caller(0, account_pb2.SCOPE_MANAGE)
    assert (await refusal(entries(limited))).reason == "ADMIN_NEEDED"


async def test_a_deleted_account_is_still_told_of(world: World) -> None:
    other_id, _ = await world.new_account()
    await world.operator.DeleteAccount(account_pb2.DeleteAccountRequest(account_id=other_id))
    gone = (await entries(world.operator, account_id=other_id))[0]
    assert (gone.resource, gone.after, json.loads(gone.before)["id"]) == (f"account/{other_id}", b"", other_id)


async def test_what_another_service_reports_twice_is_there_once(world: World) -> None:
    entry = audit_pb2.AuditEntry(account_id=1, method="a.B.C", resource="target/1", after=b'{"x":1}')
    asked = pb.ReportAuditEntriesRequest(entries=[pb.ReportedEntry(entry=entry, report_id="one")])
    for _ in range(2):
        await world.service.ReportAuditEntries(asked)
    (found,) = await entries(world.user)
    assert (found.method, found.after) == ("a.B.C", b'{"x":1}')


async def test_an_entry_that_is_refused_holds_up_no_other(world: World, tmp_path: Path) -> None:
    made = Rig(open_sqlite, tmp_path / "dispatcher.db")
    await made.open()
    for number, id_ in enumerate(("one", "x" * 65, "three")):  # the second is longer than report ids may be
        entry = pb.AuditEntry(account_id=1, method="a.B.C", resource=f"target/{number}")
        with noting(Note(id_, entry.SerializeToString())):
            await made.store.keep_note()
    outbox = AuditOutbox(world.channel, SERVICE_KEY, made.store)
    assert await outbox.report()
    assert await outbox.report()
    assert [entry.resource for entry in await entries(world.user)] == ["target/2", "target/0"]
    assert [note.id for note in await made.store.notes(9)] == ["x" * 65]
    await made.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET method = 'x'",
        "DELETE FROM audit_entry",
        pytest.param("REPLACE INTO audit_entry SELECT * FROM audit_entry", marks=OF_SQLITE),
    ],
)
async def test_entries_stay(world: World, statement: str) -> None:
    await world.user.CreateWebhook(hooking())

    async def work(transaction: Transaction) -> None:
        await transaction.connection.execute(text(statement))

    with pytest.raises(IntegrityError, match="audit entries"):
        await world.registry.database.write(work)
    assert len(await entries(world.user)) == 1


async def test_entries_go_by_their_age(settings: Settings, tmp_path: Path) -> None:
    clock = ManualClock(1_800_000_000_000_000)
    async with open_world(settings, clock) as world:
        await world.user.CreateWebhook(hooking(name="old"))
        clock.time += 10
        await world.user.CreateWebhook(hooking(name="new"))
        await world.registry.database.write(lambda writing: audit_entries.forget(writing, clock.time))
        assert [json.loads(each.after)["name"] for each in await entries(world.user)] == ["new"]
