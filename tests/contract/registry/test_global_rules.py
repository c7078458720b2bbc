import asyncio
import json
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2, config_pb2, object_type_pb2, webhook_pb2
from hookline.registry.v1 import global_rule_pb2 as pb

from hookline_plugin.stateful import StatefulCompiled
from hookline_registry.settings import Settings
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import (
    Caller,
    World,
    firing,
    hooking,
    open_world,
    outcome,
    refusal,
    ruling,
)

Code = grpc.StatusCode
CONTACT, DEAL = 0, 149
FORM = "application/x-www-form-urlencoded"


def updating(rule: pb.GlobalRule, *paths: str, text: pb.RuleText | None = None) -> pb.UpdateGlobalRuleRequest:
    return pb.UpdateGlobalRuleRequest(rule=rule, update_mask=FieldMask(paths=paths), text=text)


def of_field(field: str, comparison: pb.Comparison.ValueType, value: str) -> pb.ConditionGroup:
    test = pb.FieldComparison(field=field, comparison=comparison, value=value)
    return pb.ConditionGroup(all_of=[pb.Condition(comparison=test)])


def switches(**values: Any) -> account_pb2.UpdateAccountRequest:
    return account_pb2.UpdateAccountRequest(
        account=account_pb2.Account(id=1, **values), update_mask=FieldMask(paths=list(values))
    )


async def told(world: World, rule_id: int = 1) -> tuple[config_pb2.TriggerConfig, dict[str, Any]]:
    replica = Replica()
    await replica.catch_up(world)
    config = replica.items[config_pb2.CONFIG_KIND_GLOBAL_RULE, 1, rule_id].trigger
    return config, json.loads(config.definition)


async def with_webhooks(caller: Caller, *object_types: int) -> None:
    for object_type_id in object_types or (CONTACT, CONTACT, DEAL):
        await caller.CreateWebhook(hooking(object_type_id=object_type_id))


async def set_fields(world: World, *keys: str) -> None:
    fields = [object_type_pb2.Field(key=key, label=key, kind=object_type_pb2.FIELD_KIND_TEXT) for key in keys]
    kind = object_type_pb2.ObjectType(id=CONTACT, fields=fields)
    await world.user.UpdateObjectType(object_type_pb2.UpdateObjectTypeRequest(object_type=kind))


async def test_a_param_without_a_value_is_left_out(world: World) -> None:
    await with_webhooks(world.user)
    waits = pb.RuleTrigger(event="object_submits_form", params={"form_id": "4", "outcome": ""})
    made = (await world.user.CreateGlobalRule(ruling(1, triggers=[waits]))).rule
    assert dict(made.triggers[0].params) == {"form_id": "4"}
    asked = pb.UpdateGlobalRuleRequest(rule=pb.GlobalRule(id=made.id, triggers=[waits]))
    asked.update_mask.paths.append("triggers")
    assert (await world.user.UpdateGlobalRule(asked)).rule.triggers == made.triggers


async def test_everything_that_is_set_is_stored_and_told(world: World) -> None:
    await with_webhooks(world.user)
    group = of_field("firstname", pb.COMPARISON_NOT_EQUAL, "")
    group.all_of.add().tag.CopyFrom(pb.TagCondition(tag_id=5, absent=True))
    relative = pb.FieldComparison(
        field="birthday",
        comparison=pb.COMPARISON_BEFORE,
        relative=pb.RelativeDate(offset=-2, unit=pb.DATE_UNIT_WEEKS),
    )
    other = pb.ConditionGroup(all_of=[pb.Condition(comparison=relative)])
    asked = ruling(2, 1, id=9, account_id=9, name="Welcome", any_of=[group, other], paused=True)
    asked.rule.triggers.add(event="field_is_updated", params={"field": "email"})
    asked.rule.text.events = "not read"
    made = (await world.user.CreateGlobalRule(asked)).rule
    assert (await world.user.GetGlobalRule(pb.GetGlobalRuleRequest(id=1))).rule == made
    assert (made.id, made.account_id, made.name, made.paused) == (1, 1, "Welcome", True)
    for name in ("triggers", "any_of", "actions"):
        assert list(getattr(made, name)) == list(getattr(asked.rule, name))
    assert made.text.events == "Contact_added_to_category(4);field_is_updated(email)"
    assert made.text.actions == "Ping_APIURL(2);Ping_APIURL(1)"
    config, definition = await told(world)
    assert (config.source, config.name) == ("global_rule", "Welcome")
    assert [action["webhook_id"] for action in definition["actions"]] == ["2", "1"]
    assert definition["any_of"][1]["all_of"][0]["comparison"]["kind"] == "date"
    assert definition["paused"] is True


async def test_what_is_told_can_be_compiled(world: World) -> None:
    await with_webhooks(world.user)
    group = of_field("spent", pb.COMPARISON_GREATER, "19.90")
    await world.user.CreateGlobalRule(ruling(1, any_of=[group]))
    _, definition = await told(world)
    source = world.registry.host.trigger_source("global_rule")
    assert source is not None
    assert [(each.event, each.number) for each in source.compile(definition).interests] == [("sub_tag", "4")]


async def test_a_text_says_the_same(world: World) -> None:
    await with_webhooks(world.user)
    made = (await world.user.CreateGlobalRule(ruling(1))).rule
    again = pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(name="moved over"), text=made.text)
    moved = (await world.user.CreateGlobalRule(again)).rule
    assert (moved.id, moved.name) == (2, "moved over")
    for name in ("triggers", "any_of", "actions", "text"):
        assert getattr(moved, name) == getattr(made, name)
    text = pb.RuleText(events="call_is_logged()", conditions="Is_in_category(6)", actions="Ping_APIURL(2)")
    given = pb.UpdateGlobalRuleRequest(rule=pb.GlobalRule(id=2, etag=moved.etag), text=text)
    changed = (await world.user.UpdateGlobalRule(given)).rule
    assert (changed.name, changed.text) == ("moved over", text)
    assert [action.webhook_id for action in changed.actions] == [2]


OLD = (
    "Ping_APIURL(https://a.example/[Contact ID]?x=1::a=1,2;b=[First Name] (x)|y\\z::0);Ping_APIURL(2); "
    'Ping_APIURL( https://b.example/::{"e": "[Email]", "n": [Score]}::1) '
)


async def test_old_actions_become_webhooks(world: World) -> None:
    await with_webhooks(world.user)
    text = pb.RuleText(events="call_is_logged()", actions=OLD)
    asked = pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(name="old"), text=text, request_id="once")
    made = (await world.user.CreateGlobalRule(asked)).rule
    assert made.text.actions == "Ping_APIURL(4);Ping_APIURL(2);Ping_APIURL(5)"
    assert (await world.user.CreateGlobalRule(asked)).rule == made, "a repeated request makes no second webhook"
    listed = (await world.user.ListWebhooks(webhook_pb2.ListWebhooksRequest())).webhooks[3:]
    assert [(each.name, each.url, each.data, each.detected_content_type) for each in listed] == [
        ("old", "https://a.example/[Contact ID]?x=1", "a=1,2;b=[First Name] (x)|y\\z", FORM),
        ("old", "https://b.example/", '{"e": "[Email]", "n": [Score]}', "application/json"),
    ]


async def test_a_rule_that_is_refused_leaves_no_webhook_of_its_old_actions(world: World) -> None:
    text = pb.RuleText(events="nope()", actions="Ping_APIURL(https://a.example/::a=1::0)")
    refused = await refusal(world.user.CreateGlobalRule(pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(), text=text)))
    assert refused.code is Code.INVALID_ARGUMENT
    assert not (await world.user.ListWebhooks(webhook_pb2.ListWebhooksRequest())).webhooks


async def test_an_update_takes_old_actions_too(world: World) -> None:
    await with_webhooks(world.user)
    await world.user.CreateGlobalRule(ruling(1))
    text = pb.RuleText(events="call_is_logged()", actions="Ping_APIURL(https://a.example/::a=1::0)")
    changed = (await world.user.UpdateGlobalRule(pb.UpdateGlobalRuleRequest(rule=pb.GlobalRule(id=1), text=text))).rule
    assert changed.text.actions == "Ping_APIURL(4)"


async def test_update_by_mask_sets_and_keeps(world: World) -> None:
    await with_webhooks(world.user)
    group = of_field("firstname", pb.COMPARISON_EQUAL, "Mary")
    await world.user.CreateGlobalRule(ruling(1, name="n", any_of=[group]))
    given = pb.GlobalRule(id=1, actions=firing(2), name="not used")
    made = (await world.user.UpdateGlobalRule(updating(given, "actions", "any_of"))).rule
    assert (made.name, [action.webhook_id for action in made.actions], len(made.any_of)) == ("n", [2], 0)
    assert made.triggers[0].event == "sub_tag"


async def test_pause_and_resume(world: World) -> None:
    await with_webhooks(world.user)
    made = (await world.user.CreateGlobalRule(ruling(1))).rule
    paused = await world.user.PauseGlobalRule(pb.PauseGlobalRuleRequest(id=1, etag=made.etag))
    assert paused.rule.paused
    assert (await told(world))[1]["paused"] is True
    again = await world.user.PauseGlobalRule(pb.PauseGlobalRuleRequest(id=1))
    assert again == paused
    old = await refusal(world.user.ResumeGlobalRule(pb.ResumeGlobalRuleRequest(id=1, etag=made.etag)))
    assert old.code is Code.ABORTED
    resumed = await world.user.ResumeGlobalRule(pb.ResumeGlobalRuleRequest(id=1, etag=paused.rule.etag))
    assert not resumed.rule.paused
    assert "paused" not in (await told(world))[1]
    assert resumed.config_revision > paused.config_revision


@pytest.mark.parametrize("plan", [account_pb2.PLAN_BASIC, account_pb2.PLAN_PLUS])
async def test_only_pro_has_rules(world: World, plan: account_pb2.Plan.ValueType) -> None:
    _, other = await world.new_account(plan)
    await with_webhooks(other)
    refused = await refusal(other.CreateGlobalRule(ruling(1)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "PLAN_LIMIT")
    name = account_pb2.Plan.Name(plan).removeprefix("PLAN_")
    assert refused.metadata == {"plan": name, "needed": "PRO", "feature": "global_rules"}


async def test_rules_must_be_switched_on(world: World) -> None:
    _, other = await world.new_account(switched_on=False)
    await with_webhooks(other)
    refused = await refusal(other.CreateGlobalRule(ruling(1)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "FEATURE_OFF")
    assert refused.metadata == {"feature": "global_rules"}
    assert "features.global_rules" in refused.text


async def test_after_a_downgrade_a_rule_may_be_named_paused_and_deleted(world: World) -> None:
    await with_webhooks(world.user)
    await world.user.CreateGlobalRule(ruling(1))
    await world.operator.UpdateAccount(switches(plan=account_pb2.PLAN_BASIC))
    renamed = await world.user.UpdateGlobalRule(updating(pb.GlobalRule(id=1, name="old")))
    assert renamed.rule.name == "old"
    for change in (updating(pb.GlobalRule(id=1, actions=firing(2))), updating(pb.GlobalRule(id=1), "any_of")):
        assert (await refusal(world.user.UpdateGlobalRule(change))).reason == "PLAN_LIMIT"
    await world.user.PauseGlobalRule(pb.PauseGlobalRuleRequest(id=1))
    assert (await refusal(world.user.ResumeGlobalRule(pb.ResumeGlobalRuleRequest(id=1)))).reason == "PLAN_LIMIT"
    await world.user.DeleteGlobalRule(pb.DeleteGlobalRuleRequest(id=1))


async def test_what_is_only_named_anew_may_stay(world: World) -> None:
    await with_webhooks(world.user)
    await set_fields(world, "old", "other")
    await world.user.CreateGlobalRule(ruling(1, any_of=[of_field("old", pb.COMPARISON_EQUAL, "x")]))
    await set_fields(world, "other")
    made = (await world.user.UpdateGlobalRule(updating(pb.GlobalRule(id=1, name="renamed")))).rule
    assert made.any_of[0].all_of[0].comparison.field == "old"
    assert (await told(world))[1]["any_of"][0]["all_of"][0]["comparison"]["kind"] == "text"
    refused = await refusal(world.user.UpdateGlobalRule(updating(pb.GlobalRule(id=1, actions=firing(2)))))
    assert refused.fields == ("rule.any_of[0].all_of[0].comparison.field",)


async def test_a_webhook_that_rules_fire_stays(world: World) -> None:
    await with_webhooks(world.user)
    for name in ("Welcome", "", "x" * 100):
        await world.user.CreateGlobalRule(ruling(1, name=name))
    refused = await refusal(world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1)))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "WEBHOOK_USED")
    assert 'global rule 1 "Welcome", global rule 2, global rule 3 "xxx' in refused.text
    assert refused.metadata == {"users": "global rule 1, global rule 2, global rule 3"}
    moved = webhook_pb2.UpdateWebhookRequest(
        webhook=webhook_pb2.Webhook(id=1, object_type_id=DEAL), update_mask=FieldMask(paths=["object_type_id"])
    )
    assert (await refusal(world.user.UpdateWebhook(moved))).reason == "WEBHOOK_USED"
    await world.user.UpdateGlobalRule(updating(pb.GlobalRule(id=1, actions=firing(2))))
    for number in (2, 3):
        await world.user.DeleteGlobalRule(pb.DeleteGlobalRuleRequest(id=number))
    await world.user.UpdateWebhook(moved)
    await world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=1))
    assert (await refusal(world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=2)))).reason == "WEBHOOK_USED"


async def test_a_rule_and_the_end_of_its_webhook_do_not_cross(world: World) -> None:
    await with_webhooks(world.user, *[CONTACT] * 6)
    for number in range(1, 7):
        made, gone = await asyncio.gather(
            outcome(world.user.CreateGlobalRule(ruling(number))),
            outcome(world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=number))),
        )
        assert {made, gone} in ({Code.OK, Code.FAILED_PRECONDITION}, {Code.INVALID_ARGUMENT, Code.OK})


async def test_of_two_updates_with_one_etag_one_wins(world: World) -> None:
    await with_webhooks(world.user)
    made = (await world.user.CreateGlobalRule(ruling(1))).rule
    given = [pb.GlobalRule(id=1, name=str(number), etag=made.etag) for number in range(8)]
    outcomes = await asyncio.gather(*(outcome(world.user.UpdateGlobalRule(updating(each))) for each in given))
    assert outcomes.count(Code.OK) == 1
    assert outcomes.count(Code.ABORTED) == 7


async def test_a_repeated_create_makes_one(world: World) -> None:
    await with_webhooks(world.user)
    asked = ruling(1)
    asked.request_id = "r"
    made = await asyncio.gather(*(world.user.CreateGlobalRule(asked) for _ in range(8)))
    assert {each.rule.id for each in made} == {1}
    asked.rule.text.events = "set by the server"
    assert (await world.user.CreateGlobalRule(asked)).rule.id == 1
    asked.text.events = "another request"
    assert (await refusal(world.user.CreateGlobalRule(asked))).reason == "REQUEST_ID_REUSED"


async def test_list_by_object_type_holds_the_token_to_it(world: World) -> None:
    await with_webhooks(world.user)
    for object_type_id in (DEAL, CONTACT, DEAL, DEAL):
        webhook = 3 if object_type_id == DEAL else 1
        await world.user.CreateGlobalRule(ruling(webhook, object_type_id=object_type_id))
    page = await world.user.ListGlobalRules(pb.ListGlobalRulesRequest(object_type_id=DEAL, page_size=2))
    assert [each.id for each in page.rules] == [1, 3]
    rest = pb.ListGlobalRulesRequest(object_type_id=DEAL, page_token=page.next_page_token)
    assert [each.id for each in (await world.user.ListGlobalRules(rest)).rules] == [4]
    contacts = await world.user.ListGlobalRules(pb.ListGlobalRulesRequest(object_type_id=CONTACT))
    assert [each.id for each in contacts.rules] == [2]
    other = pb.ListGlobalRulesRequest(page_token=page.next_page_token)
    assert (await refusal(world.user.ListGlobalRules(other))).fields == ("page_token",)


async def test_an_account_has_so_many_definitions(settings: Settings) -> None:
    async with open_world(settings.model_copy(update={"registry_max_definitions": 2})) as world:
        await with_webhooks(world.user)
        for _ in range(2):
            await world.user.CreateGlobalRule(ruling(1))
        refused = await refusal(world.user.CreateGlobalRule(ruling(1)))
        assert (refused.code, refused.reason) == (Code.RESOURCE_EXHAUSTED, "TOO_MANY_DEFINITIONS")
        _, other = await world.new_account()
        await with_webhooks(other)
        await other.CreateGlobalRule(ruling(1))
        await world.user.DeleteGlobalRule(pb.DeleteGlobalRuleRequest(id=1))
        assert (await world.user.CreateGlobalRule(ruling(1))).rule.id == 3


async def test_an_account_goes_with_its_rules(world: World) -> None:
    account_id, other = await world.new_account()
    await with_webhooks(other)
    await other.CreateGlobalRule(ruling(1))
    await world.operator.DeleteAccount(account_pb2.DeleteAccountRequest(account_id=account_id))
    replica = Replica()
    await replica.catch_up(world)
    assert not [place for place in replica.items if place[1] == account_id]


async def test_the_largest_rules_fit_into_messages(world: World) -> None:
    await with_webhooks(world.user)
    group = of_field("email", pb.COMPARISON_NOT_CONTAINS, "\U0001f4a9" * 1024)
    group.all_of.extend(list(group.all_of) * 19)
    for _ in range(3):
        await world.user.CreateGlobalRule(ruling(1, any_of=[group] * 20))
    shown = (await world.user.GetGlobalRule(pb.GetGlobalRuleRequest(id=1))).rule
    assert shown.ByteSize() > 3_000_000
    found, token = [], ""
    while True:
        page = await world.user.ListGlobalRules(pb.ListGlobalRulesRequest(page_token=token))
        found += [rule.id for rule in page.rules]
        token = page.next_page_token
        if not token:
            break
    assert found == [1, 2, 3]
    assert len((await told(world, 3))[1]["any_of"]) == 20


async def test_a_rule_that_waits_for_a_date_is_told_with_the_kind_of_its_field(world: World) -> None:
    await with_webhooks(world.user)
    before = {"number": "3", "units": "0", "option": "2", "field": "birthday"}
    triggers = [
        pb.RuleTrigger(event="on_date_field", params={"field": "dlm"}),
        pb.RuleTrigger(event="relative_date_field", params=before),
    ]
    made = (await world.user.CreateGlobalRule(ruling(1, triggers=triggers))).rule
    assert list(made.triggers) == triggers
    assert made.text.events == "on_date_field(dlm);relative_date_field(3,0,2,birthday)"
    again = pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(name="moved over"), text=made.text)
    assert list((await world.user.CreateGlobalRule(again)).rule.triggers) == triggers
    _, definition = await told(world)
    assert [each["kind"] for each in definition["triggers"]] == ["timestamp", "date"]
    source = world.registry.host.trigger_source("global_rule")
    assert source is not None
    assert isinstance(source.compile(definition), StatefulCompiled)
