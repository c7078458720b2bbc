import asyncio
import json
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2, config_pb2, global_rule_pb2, object_type_pb2, webhook_pb2
from hookline.registry.v1 import form_pb2 as pb

from hookline_registry.settings import Settings
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, firing, forming, hooking, open_world, outcome, refusal, ruling

Code = grpc.StatusCode
ORDER = pb.FORM_KIND_ORDER_FORM


def updating(form: pb.Form, *paths: str) -> pb.UpdateFormRequest:
    return pb.UpdateFormRequest(form=form, update_mask=FieldMask(paths=paths))


async def downgrade(world: World) -> None:
    account = account_pb2.Account(id=1, plan=account_pb2.PLAN_PLUS)
    await world.operator.UpdateAccount(account_pb2.UpdateAccountRequest(account=account))


async def told(world: World, form_id: int = 1) -> tuple[config_pb2.TriggerConfig, dict[str, Any]]:
    replica = Replica()
    await replica.catch_up(world)
    config = replica.items[config_pb2.CONFIG_KIND_FORM, 1, form_id].trigger
    return config, json.loads(config.definition)


@pytest.fixture
async def hooked(world: World) -> World:
    """A world with webhooks 1 to 3, about contacts."""
    for _ in range(3):
        await world.user.CreateWebhook(hooking())
    return world


async def test_everything_that_is_set_is_stored_and_told(hooked: World) -> None:
    asked = forming(1, name="Order", kind=ORDER, number=77, id=9, account_id=9)
    asked.form.payment_successful.extend(firing(2, 1))
    asked.form.payment_failed.extend(firing(3))
    made = (await hooked.user.CreateForm(asked)).form
    assert (await hooked.user.GetForm(pb.GetFormRequest(id=1))).form == made
    assert (made.id, made.account_id, made.name, made.kind, made.number) == (1, 1, "Order", ORDER, 77)
    for section in ("always_on", "payment_successful", "payment_failed"):
        assert list(getattr(made, section)) == list(getattr(asked.form, section))
    config, definition = await told(hooked)
    assert (config.source, config.name) == ("form_rule", "Order")
    source = hooked.registry.host.trigger_source("form_rule")
    assert source is not None
    assert [(each.event, each.number) for each in source.compile(definition).interests] == [
        ("object_submits_form", "77")
    ]
    assert list(source.webhooks(definition)) == [1, 2, 3]


async def test_a_form_without_a_number_takes_the_lowest_free_one(hooked: World) -> None:
    for number in (1, 3, 4):
        await hooked.user.CreateForm(forming(number=number))
    made = [(await hooked.user.CreateForm(forming())).form for _ in range(2)]
    assert [(form.number, form.kind) for form in made] == [(2, pb.FORM_KIND_FORM), (5, pb.FORM_KIND_FORM)]
    assert (await told(hooked, 4))[1]["number"] == "2"
    await hooked.user.DeleteForm(pb.DeleteFormRequest(id=1))
    assert (await hooked.user.CreateForm(forming())).form.number == 1


async def test_forms_that_come_at_once_get_numbers_of_their_own(hooked: World) -> None:
    made = await asyncio.gather(*(hooked.user.CreateForm(forming()) for _ in range(10)))
    assert sorted(each.form.number for each in made) == list(range(1, 11))


async def test_a_number_is_taken_once_per_account(hooked: World) -> None:
    await hooked.user.CreateForm(forming(number=7))
    refused = await refusal(hooked.user.CreateForm(forming(number=7)))
    assert (refused.code, refused.reason) == (Code.ALREADY_EXISTS, "NUMBER_TAKEN")
    assert refused.metadata == {"field": "form.number"}
    _, other = await hooked.new_account()
    assert (await other.CreateForm(forming(number=7))).form.number == 7


async def test_update_by_mask_sets_and_keeps(hooked: World) -> None:
    asked = forming(1, name="n", kind=ORDER)
    asked.form.payment_failed.extend(firing(2))
    await hooked.user.CreateForm(asked)
    given = pb.Form(id=1, payment_successful=firing(3), name="not used")
    made = (await hooked.user.UpdateForm(updating(given, "payment_successful", "always_on"))).form
    assert (made.name, len(made.always_on), made.payment_failed[0].webhook_id) == ("n", 0, 2)
    assert made.payment_successful[0].webhook_id == 3
    await hooked.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1))


async def test_what_never_changes_is_left_as_it_is(hooked: World) -> None:
    await hooked.user.CreateForm(forming(number=5))
    for path in ("kind", "number", "object_type_id", "paused"):
        refused = await refusal(hooked.user.UpdateForm(updating(pb.Form(id=1, number=6), path)))
        assert refused.fields == ("update_mask",)
    made = (await hooked.user.UpdateForm(updating(pb.Form(id=1, number=6, kind=ORDER, name="x")))).form
    assert (made.number, made.kind, made.name) == (5, pb.FORM_KIND_FORM, "x")


async def test_pause_and_resume(hooked: World) -> None:
    made = (await hooked.user.CreateForm(forming(1))).form
    paused = (await hooked.user.PauseForm(pb.PauseFormRequest(id=1, etag=made.etag))).form
    assert paused.paused
    assert (await told(hooked))[1]["paused"] is True
    assert (await hooked.user.PauseForm(pb.PauseFormRequest(id=1))).form == paused
    old = await refusal(hooked.user.ResumeForm(pb.ResumeFormRequest(id=1, etag=made.etag)))
    assert old.code is Code.ABORTED
    assert not (await hooked.user.ResumeForm(pb.ResumeFormRequest(id=1))).form.paused
    assert "paused" not in (await told(hooked))[1]


async def test_any_plan_may_have_forms_that_fire_nothing(world: World) -> None:
    _, other = await world.new_account(account_pb2.PLAN_BASIC, switched_on=False)
    await other.CreateWebhook(hooking())
    await other.CreateForm(forming(name="known"))
    for asked in (other.CreateForm(forming(1)), other.UpdateForm(updating(pb.Form(id=1, always_on=firing(1))))):
        refused = await refusal(asked)
        assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "PLAN_LIMIT")
    _, third = await world.new_account(switched_on=False)
    await third.CreateWebhook(hooking())
    refused = await refusal(third.CreateForm(forming(1)))
    assert (refused.reason, refused.metadata) == ("FEATURE_OFF", {"feature": "form_rules"})


async def test_after_a_downgrade_actions_may_go_but_none_come(hooked: World) -> None:
    await hooked.user.CreateForm(forming(1, 2))
    await downgrade(hooked)
    fewer = await hooked.user.UpdateForm(updating(pb.Form(id=1, always_on=firing(2))))
    assert [action.webhook_id for action in fewer.form.always_on] == [2]
    refused = await refusal(hooked.user.UpdateForm(updating(pb.Form(id=1, always_on=firing(2, 1)))))
    assert refused.reason == "PLAN_LIMIT"


async def test_a_webhook_that_forms_and_rules_fire_names_both(hooked: World) -> None:
    await hooked.user.CreateForm(forming(1, name="Sign up"))
    await hooked.user.CreateGlobalRule(ruling(1, name="Welcome"))
    refused = await refusal(hooked.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1)))
    assert refused.text.endswith('global rule 1 "Welcome", form 1 "Sign up"')
    await hooked.user.DeleteGlobalRule(global_rule_pb2.DeleteGlobalRuleRequest(id=1))
    await hooked.user.DeleteForm(pb.DeleteFormRequest(id=1))
    await hooked.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1))


async def test_an_object_type_with_forms_cannot_be_deleted(world: World) -> None:
    kind = object_type_pb2.ObjectType(name="Pet")
    made = await world.user.CreateObjectType(object_type_pb2.CreateObjectTypeRequest(object_type=kind))
    gone = object_type_pb2.DeleteObjectTypeRequest(id=made.object_type.id)
    await world.user.CreateForm(forming(object_type_id=made.object_type.id, name="of pets"))
    refused = await refusal(world.user.DeleteObjectType(gone))
    assert refused.reason == "OBJECT_TYPE_USED"
    assert refused.text.endswith('form 1 "of pets"')
    await world.user.DeleteForm(pb.DeleteFormRequest(id=1))
    await world.user.DeleteObjectType(gone)


async def test_list_by_number(hooked: World) -> None:
    for number in (7, 9):
        await hooked.user.CreateForm(forming(number=number))
    found = await hooked.user.ListForms(pb.ListFormsRequest(number=9))
    assert [form.id for form in found.forms] == [2]
    assert not (await hooked.user.ListForms(pb.ListFormsRequest(number=0))).forms
    page = await hooked.user.ListForms(pb.ListFormsRequest(page_size=1))
    rest = await hooked.user.ListForms(pb.ListFormsRequest(page_size=1, page_token=page.next_page_token))
    assert [form.number for form in rest.forms] == [9]
    assert rest.next_page_token == ""


async def test_of_two_updates_with_one_etag_one_wins(hooked: World) -> None:
    made = (await hooked.user.CreateForm(forming())).form
    given = [pb.Form(id=1, name=str(number), etag=made.etag) for number in range(8)]
    outcomes = await asyncio.gather(*(outcome(hooked.user.UpdateForm(updating(each))) for each in given))
    assert sorted(code.name for code in outcomes) == ["ABORTED"] * 7 + ["OK"]


async def test_a_repeated_create_makes_one(hooked: World) -> None:
    asked = forming(1)
    asked.request_id = "r"
    made = await asyncio.gather(*(hooked.user.CreateForm(asked) for _ in range(8)))
    assert {each.form.id for each in made} == {1}


async def test_forms_and_rules_share_one_limit(settings: Settings) -> None:
    async with open_world(settings.model_copy(update={"registry_max_definitions": 2})) as world:
        await world.user.CreateWebhook(hooking())
        await world.user.CreateGlobalRule(ruling(1))
        await world.user.CreateForm(forming())
        assert await outcome(world.user.CreateForm(forming())) is Code.RESOURCE_EXHAUSTED
