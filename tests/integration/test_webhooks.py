"""Webhooks, global rules and forms from the registry to the receiver: real services, sockets and files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import event_service_pb2, target_service_pb2
from hookline.registry.v1 import account_pb2, form_pb2, global_rule_pb2, webhook_pb2
from standardwebhooks import Webhook

from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.registry.world import firing, forming, hooking, ruling

DELIVERED = dpb.DELIVERY_STATE_DELIVERED
DATA = '{"firstname":"Zoë & Co","email":"z@x.example"}'.encode()


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


async def hook(suite: Suite, **fields: object) -> webhook_pb2.CreateWebhookResponse:
    fields = {"url": suite.receiver.url, **fields}
    made: webhook_pb2.CreateWebhookResponse = await suite.world.user.CreateWebhook(hooking(**fields))  # type: ignore[arg-type]  # by name
    return made


async def known(suite: Suite, revision: int) -> None:
    suite.revision = max(suite.revision, revision)
    await until(lambda: suite.dispatcher.known_revision >= suite.revision)


async def test_a_rule_fires_its_webhook_with_the_contacts_values(suite: Suite) -> None:
    made = await hook(
        suite,
        url=suite.receiver.url + "&to=[Email]",
        data='{"name": "[First Name] [Last Name|Nobody]"}',
        headers=[{"name": "X-Contact", "value": "[Contact ID]"}],
    )
    rule = await suite.world.user.CreateGlobalRule(ruling(made.webhook.id))
    await known(suite, rule.config_revision)
    explained = await suite.user.Explain(event_service_pb2.ExplainRequest(event=event("e1", data=DATA)))
    assert (await suite.publish("e1", data=DATA)).deliveries == 1
    (request,) = await suite.receiver.until(1)
    Webhook(made.signing_secret).verify(request.body, request.headers, json_parse=False)
    assert json.loads(request.body) == {"name": "Zoë & Co Nobody"}
    assert (request.headers["x-contact"], dict(parse_qsl(request.path.partition("?")[2]))["to"]) == ("8", "z@x.example")
    delivery = await suite.until_delivery(lambda each: each.state == DELIVERED)
    assert delivery.fired_by == dpb.FiredBy(source="global_rule", id=rule.rule.id)
    (shown,) = explained.fires
    assert (shown.request.body, shown.fired_by) == (request.body, delivery.fired_by)
    assert shown.request.url.endswith(request.path)


@pytest.mark.parametrize("owner", ['"owner":{"email":"b@x"}', '"owner":"12","Owner":{"email":"b@x"}'])
@pytest.mark.parametrize(
    "data", ["e=[Owner.Email]", '{"e": "[Owner.Email]"}', "<e>[Owner.Email]</e>", "e: [Owner.Email]"]
)
async def test_a_related_object_is_merged_wherever_its_data_stand(suite: Suite, data: str, owner: str) -> None:
    made = await hook(suite, data=data, headers=[{"name": "X-Owner", "value": "[owner.email]"}])
    await known(suite, (await suite.world.user.CreateGlobalRule(ruling(made.webhook.id))).config_revision)
    await suite.publish(data=f"{{{owner}}}".encode())
    (request,) = await suite.receiver.until(1)
    assert b"b@x" in request.body or b"b%40x" in request.body
    assert request.headers["x-owner"] == "b@x"


async def test_a_rule_that_is_paused_switched_off_or_deleted_fires_nothing(suite: Suite) -> None:
    made = await hook(suite, data="a=1")
    rule = await suite.world.user.CreateGlobalRule(ruling(made.webhook.id))
    await known(suite, rule.config_revision)
    assert (await suite.publish()).deliveries == 1
    paused = await suite.world.user.PauseGlobalRule(global_rule_pb2.PauseGlobalRuleRequest(id=rule.rule.id))
    await known(suite, paused.config_revision)
    assert (await suite.publish()).deliveries == 0
    resumed = await suite.world.user.ResumeGlobalRule(global_rule_pb2.ResumeGlobalRuleRequest(id=rule.rule.id))
    await known(suite, resumed.config_revision)
    assert (await suite.publish()).deliveries == 1
    off = account_pb2.UpdateAccountRequest(
        account=account_pb2.Account(id=1, features=account_pb2.FeatureSwitches(form_rules=True)),
        update_mask=FieldMask(paths=["features"]),
    )
    await known(suite, (await suite.world.operator.UpdateAccount(off)).config_revision)
    assert (await suite.publish("off")).deliveries == 0
    shown = (await suite.user.GetEvent(event_service_pb2.GetEventRequest(event_id="off"))).event
    assert list(shown.notes) == [f"global_rule/{rule.rule.id}: global rules are switched off for the account"]


@pytest.mark.parametrize("outcome, section", [("0", 2), ("1", 3)])
async def test_an_order_form_fires_always_on_and_the_section_of_its_outcome(
    suite: Suite, outcome: str, section: int
) -> None:
    hooks = [(await hook(suite, data=f"section={number}")).webhook.id for number in (1, 2, 3)]
    asked = forming(hooks[0], kind=form_pb2.FORM_KIND_ORDER_FORM, number=77)
    asked.form.payment_successful.extend(firing(hooks[1]))
    asked.form.payment_failed.extend(firing(hooks[2]))
    form = await suite.world.user.CreateForm(asked)
    await known(suite, form.config_revision)
    params = {"form_id": "77", "outcome": outcome}
    assert (await suite.publish("e1", type="object_submits_form", params=params)).deliveries == 2
    sent = {request.body for request in await suite.receiver.until(2)}
    assert sent == {b"section=1", b"section=%d" % section}
    assert (await suite.publish("e2", type="object_submits_form", params={"form_id": "78"})).deliveries == 0


async def test_rules_and_webhooks_are_there_after_a_restart(suite: Suite, tmp_path: Path) -> None:
    made = await hook(suite, data="n=[First Name]")
    await known(suite, (await suite.world.user.CreateGlobalRule(ruling(made.webhook.id))).config_revision)
    await suite.dispatcher.stop()
    await suite.restart(tmp_path)
    suite.revision = 0
    assert (await suite.publish("e1", data=DATA)).deliveries == 1
    (request,) = await suite.receiver.until(1)
    assert parse_qsl(request.body.decode()) == [("n", "Zoë & Co")]


async def test_a_changed_webhook_is_tested_as_it_is_now(suite: Suite) -> None:
    made = await hook(suite, data="old=1")
    change = webhook_pb2.UpdateWebhookRequest(
        webhook=webhook_pb2.Webhook(id=made.webhook.id, data="new=[First Name]", method=webhook_pb2.HTTP_METHOD_GET),
        update_mask=FieldMask(paths=["data", "method"]),
    )
    await known(suite, (await suite.world.user.UpdateWebhook(change)).config_revision)
    ref = dpb.TargetRef(kind=dpb.TARGET_KIND_WEBHOOK, id=made.webhook.id)
    attempt = (await suite.user.SendTest(target_service_pb2.SendTestRequest(target=ref))).attempt
    (request,) = suite.receiver.received
    assert (attempt.outcome, request.method) == (dpb.OUTCOME_DELIVERED, "GET")
    assert request.path.endswith("&new=Mary")
