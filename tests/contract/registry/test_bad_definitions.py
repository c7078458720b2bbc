"""Each bad rule or form gives the right code and the path of the field, and changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import form_pb2 as forms
from hookline.registry.v1 import global_rule_pb2 as pb

from tests.contract.registry.conftest import settings_in
from tests.contract.registry.world import World, firing, forming, hooking, open_world, refusal, ruling

Code = grpc.StatusCode
DEAL = 149
WEBHOOK = ("rule.actions[0].webhook_id",)
COMPARED = "rule.any_of[0].all_of[0].comparison"


@dataclass(frozen=True)
class Case:
    request: Message
    fields: tuple[str, ...] = ()
    code: grpc.StatusCode = Code.INVALID_ARGUMENT
    says: str = ""


def waiting_for(event: str, /, **params: str) -> pb.CreateGlobalRuleRequest:
    return ruling(1, triggers=[pb.RuleTrigger(event=event, params=params)])


def holding(*conditions: pb.Condition) -> pb.CreateGlobalRuleRequest:
    return ruling(1, any_of=[pb.ConditionGroup(all_of=conditions)])


def compared(
    field: str, comparison: pb.Comparison.ValueType, value: str = "", **more: Any
) -> pb.CreateGlobalRuleRequest:
    test = pb.FieldComparison(field=field, comparison=comparison, **(more or {"value": value}))
    return holding(pb.Condition(comparison=test))


def written(
    events: str = "call_is_logged()", conditions: str = "", actions: str = "Ping_APIURL(1)", **rule: Any
) -> Any:
    text = pb.RuleText(events=events, conditions=conditions, actions=actions)
    return pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(), text=text)


def update(*paths: str, text: pb.RuleText | None = None, **values: Any) -> pb.UpdateGlobalRuleRequest:
    return pb.UpdateGlobalRuleRequest(rule=pb.GlobalRule(id=1, **values), update_mask=FieldMask(paths=paths), text=text)


def form_update(*paths: str, **values: Any) -> forms.UpdateFormRequest:
    return forms.UpdateFormRequest(form=forms.Form(id=1, **values), update_mask=FieldMask(paths=paths))


def order(*webhooks: int, kind: forms.FormKind.ValueType = forms.FORM_KIND_ORDER_FORM) -> forms.CreateFormRequest:
    return forms.CreateFormRequest(form=forms.Form(kind=kind, payment_failed=firing(*webhooks)))


CASES = {
    # triggers
    "no triggers": Case(ruling(1, triggers=[]), ("rule.triggers",)),
    "too many triggers": Case(ruling(1, triggers=[pb.RuleTrigger(event="call_is_logged")] * 51), ("rule.triggers",)),
    "the same trigger twice": Case(
        ruling(1, triggers=[pb.RuleTrigger(event="call_is_logged")] * 2), ("rule.triggers[1]",)
    ),
    "unknown event": Case(waiting_for("sub_tags"), ("rule.triggers[0].event",), says="did you mean sub_tag"),
    "event with a line end": Case(waiting_for("sub_tag\n"), ("rule.triggers[0].event",)),
    "event of a clock without a field": Case(waiting_for("on_date_field"), ("rule.triggers[0].params.field",)),
    "date in a field that is none": Case(
        waiting_for("on_date_field", field="email"),
        ("rule.triggers[0].params.field",),
        says="is no date but of the kind",
    ),
    "event without its param": Case(waiting_for("sub_tag"), ("rule.triggers[0].params.tag_id",)),
    "event with an empty param": Case(waiting_for("sub_tag", tag_id=""), ("rule.triggers[0].params.tag_id",)),
    "event with a param too many": Case(waiting_for("call_is_logged", tag_id="4"), ("rule.triggers[0].params.tag_id",)),
    "param that is no number": Case(waiting_for("sub_tag", tag_id="٤"), ("rule.triggers[0].params.tag_id",)),
    "param below 0": Case(waiting_for("sub_tag", tag_id="-1"), ("rule.triggers[0].params.tag_id",)),
    "param with a NUL": Case(waiting_for("sub_tag", tag_id="4\0"), ('rule.triggers[0].params["tag_id"]',)),
    "name of a param with a NUL": Case(
        ruling(1, triggers=[pb.RuleTrigger(event="call_is_logged", params={"a\0b": ""})]),
        ('rule.triggers[0].params["a\\u0000b"]',),
    ),
    "unknown field": Case(
        waiting_for("field_is_updated", field="emial"), ("rule.triggers[0].params.field",), says="email"
    ),
    "contacts' event for deals": Case(
        ruling(3, object_type_id=DEAL, triggers=[pb.RuleTrigger(event="Contact_sends_Email")]),
        ("rule.triggers[0].event",),
    ),
    # conditions
    "empty group": Case(holding(), ("rule.any_of[0].all_of",)),
    "condition of nothing": Case(holding(pb.Condition()), ("rule.any_of[0].all_of[0]",)),
    "condition on a campaign that is not there": Case(
        holding(pb.Condition(campaign=pb.CampaignCondition(campaign_id=1))),
        ("rule.any_of[0].all_of[0].campaign.campaign_id",),
        says="there is no campaign 1",
    ),
    "tag 0": Case(holding(pb.Condition(tag=pb.TagCondition())), ("rule.any_of[0].all_of[0].tag.tag_id",)),
    "comparison of no field": Case(compared("", pb.COMPARISON_EQUAL), (f"{COMPARED}.field",)),
    "comparison of an unknown field": Case(
        compared("fristname", pb.COMPARISON_EQUAL), (f"{COMPARED}.field",), says="firstname"
    ),
    "no comparison": Case(compared("email", pb.COMPARISON_UNSPECIFIED), (f"{COMPARED}.comparison",)),
    "unknown comparison": Case(compared("email", 99), (f"{COMPARED}.comparison",)),  # type: ignore[arg-type]  # the point
    "text greater than text": Case(compared("email", pb.COMPARISON_GREATER, "1"), (f"{COMPARED}.comparison",)),
    "number that is none": Case(compared("grade", pb.COMPARISON_GREATER, "many"), (f"{COMPARED}.value",)),
    "number that is NaN": Case(compared("grade", pb.COMPARISON_GREATER, "NaN"), (f"{COMPARED}.value",)),
    "day that is none": Case(compared("birthday", pb.COMPARISON_ON, "2026-02-30"), (f"{COMPARED}.value",)),
    "relative to text": Case(
        compared("email", pb.COMPARISON_EQUAL, relative=pb.RelativeDate()), (f"{COMPARED}.relative",)
    ),
    "relative without a unit": Case(
        compared("birthday", pb.COMPARISON_ON, relative=pb.RelativeDate(offset=1)), (f"{COMPARED}.relative.unit",)
    ),
    "relative too far": Case(
        compared("birthday", pb.COMPARISON_ON, relative=pb.RelativeDate(offset=10_001)),
        (f"{COMPARED}.relative.offset",),
    ),
    "value with an escape": Case(compared("email", pb.COMPARISON_EQUAL, "a\x1b[31m"), (f"{COMPARED}.value",)),
    "value too long": Case(compared("email", pb.COMPARISON_EQUAL, "x" * 1025), (f"{COMPARED}.value",)),
    "too many groups": Case(ruling(1, any_of=[pb.ConditionGroup()] * 21), ("rule.any_of",)),
    # actions
    "no actions": Case(ruling(), ("rule.actions",)),
    "too many actions": Case(ruling(*range(1, 22)), ("rule.actions",)),
    "webhook 0": Case(ruling(0), WEBHOOK),
    "the same webhook twice": Case(ruling(1, 1), ("rule.actions[1].webhook_id",)),
    "no such webhook": Case(ruling(2**63 - 1), WEBHOOK, says=f"there is no webhook {2**63 - 1}"),
    "webhook about deals": Case(ruling(3), WEBHOOK, says="type 149"),
    "rule about deals with a webhook about contacts": Case(ruling(1, object_type_id=DEAL), WEBHOOK),
    # the rest
    "no such object type": Case(ruling(1, object_type_id=7), ("rule.object_type_id", "rule.actions[0].webhook_id")),
    "name with a C1 control": Case(ruling(1, name="a\x9bb"), ("rule.name",)),
    "name too long": Case(ruling(1, name="x" * 129), ("rule.name",)),
    "no rule": Case(pb.CreateGlobalRuleRequest(), ("rule",)),
    "much at once": Case(
        ruling(9, triggers=[pb.RuleTrigger(event="nope")], any_of=[pb.ConditionGroup()]),
        ("rule.triggers[0].event", "rule.any_of[0].all_of", "rule.actions[0].webhook_id"),
    ),
    # texts
    "empty text": Case(written("", "", ""), ("text.events", "text.actions")),
    "unknown trigger in a text": Case(written("Contact_aded_to_category(4)"), ("text.events",), says="position 1"),
    "open bracket in a text": Case(written("Contact_added_to_category(4"), ("text.events",), says="position"),
    "unknown condition in a text": Case(written(conditions="Is_in_category(4);Is_in(5)"), ("text.conditions",)),
    "empty or in a text": Case(written(conditions="Is_in_category(4)||Is_in_category(5)"), ("text.conditions",)),
    "campaigns in a text": Case(written(conditions="Is_subscribed_to_drip(4)"), ("text.conditions",)),
    "unknown field in a text": Case(written("field_is_updated(emial)"), ("text.events",), says="email"),
    "no such webhook in a text": Case(written(actions="Ping_APIURL(99)"), ("text.actions",), says="no webhook 99"),
    "huge webhook in a text": Case(written(actions=f"Ping_APIURL({'9' * 5000})"), ("text.actions",)),
    "old action to a private address": Case(
        written(actions="Ping_APIURL(1);Ping_APIURL(http://10.0.0.1/::x::0)"),
        ("text.actions",),
        says="position 16: url: must",
    ),
    "old action with an unknown field": Case(
        written(actions="Ping_APIURL(https://x.example/::a=[Emial]::0)"), ("text.actions",), says="[Email]?"
    ),
    "old action that is no JSON": Case(
        written(actions="Ping_APIURL(https://x.example/::a=[Email]::1)"), ("text.actions",), says="data: line 1"
    ),
    "old action without a flag": Case(written(actions="Ping_APIURL(https://x.example/::x)"), ("text.actions",)),
    "old action with another flag": Case(written(actions="Ping_APIURL(https://x.example/::x::2)"), ("text.actions",)),
    "many old actions": Case(
        written(actions=";".join(["Ping_APIURL(https://x.example/::x::0)"] * 21)), ("text.actions",), says="1 to 20"
    ),
    "old actions without an end": Case(written(actions="Ping_APIURL(a::" * 4_000), ("text.actions",)),
    "control character in a text": Case(
        written(conditions="field_is_condition_fieldvalue(email,Equal To,a\x00b)"), ("text.conditions",)
    ),
    "brackets to the end of a text": Case(written("(" * 65_536), ("text.events",)),
    "semicolons to the end of a text": Case(written(";" * 65_536), ("text.events",)),
    "backslashes to the end of a text": Case(written("\\" * 65_535), ("text.events",)),
    "many triggers in a text": Case(written("call_is_logged();" * 3000 + "call_is_logged()"), ("text.events",)),
    "many conditions in a text": Case(
        written(conditions="Is_in_category(1)|" * 50_000 + "Is_in_category(1)"), ("text.conditions",)
    ),
    "text too long": Case(written("x" * 65_537), ("text.events",)),
    "text beside parts": Case(
        pb.CreateGlobalRuleRequest(rule=ruling(1).rule, text=pb.RuleText(actions="Ping_APIURL(1)")),
        ("rule.triggers", "rule.actions"),
    ),
    # updates
    "unknown path": Case(update("text"), ("update_mask",)),
    "path of a pause": Case(update("paused", paused=True), ("update_mask",)),
    "clear the triggers": Case(update("triggers"), ("rule.triggers",)),
    "clear the actions": Case(update("actions"), ("rule.actions",)),
    "update to no such webhook": Case(update(actions=firing(9)), WEBHOOK),
    "update to deals": Case(update(object_type_id=DEAL), WEBHOOK),
    "text beside a mask": Case(update("actions", actions=firing(1), text=pb.RuleText()), ("text",)),
    "text beside parts that are set": Case(update(actions=firing(1), text=pb.RuleText()), ("text",)),
    "update by a broken text": Case(update(text=pb.RuleText(events="x(")), ("text.events",)),
    "update with an old etag": Case(update(name="x", etag="old"), (), Code.ABORTED),
    "update without an id": Case(pb.UpdateGlobalRuleRequest(rule=pb.GlobalRule(name="x")), ("rule.id",)),
    "nothing to update": Case(pb.UpdateGlobalRuleRequest(), ("rule",)),
    "no such rule": Case(pb.PauseGlobalRuleRequest(id=99), (), Code.NOT_FOUND),
    "resume with an old etag": Case(pb.ResumeGlobalRuleRequest(id=1, etag="old"), (), Code.ABORTED),
    "delete with an old etag": Case(pb.DeleteGlobalRuleRequest(id=1, etag="old"), (), Code.ABORTED),
    "garbage as page token": Case(pb.ListGlobalRulesRequest(page_token="garbage!"), ("page_token",)),
    # forms
    "order's section of a form": Case(order(1, kind=forms.FORM_KIND_FORM), ("form.payment_failed",)),
    "form with no such webhook": Case(order(9), ("form.payment_failed[0].webhook_id",)),
    "form with a webhook about deals": Case(forming(3), ("form.always_on[0].webhook_id",)),
    "form with a webhook twice": Case(forming(1, 1), ("form.always_on[1].webhook_id",)),
    "form of no object type": Case(forming(object_type_id=7), ("form.object_type_id",)),
    "unknown kind": Case(forming(kind=9), ("form.kind",)),
    "number below 0": Case(forming(number=-1), ("form.number",)),
    "number too large": Case(forming(number=2**31), ("form.number",)),
    "number that is taken": Case(forming(number=1), (), Code.ALREADY_EXISTS),
    "form's name with a NUL": Case(forming(name="a\0b"), ("form.name",)),
    "no form": Case(forms.CreateFormRequest(), ("form",)),
    "form's path of the server": Case(form_update("number", number=2), ("update_mask",)),
    "update a form to no such webhook": Case(form_update(always_on=firing(9)), ("form.always_on[0].webhook_id",)),
    "update a form to an order's section": Case(
        form_update(payment_successful=firing(1)), ("form.payment_successful",)
    ),
    "update a form with an old etag": Case(form_update(name="x", etag="old"), (), Code.ABORTED),
    "update a form without an id": Case(forms.UpdateFormRequest(form=forms.Form(name="x")), ("form.id",)),
    "no such form": Case(forms.ResumeFormRequest(id=99), (), Code.NOT_FOUND),
    "list forms by a number below 0": Case(forms.ListFormsRequest(number=-1), ("number",)),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ruled_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world with webhooks 1 and 2 about contacts and 3 about deals, a rule and a form."""
    async with open_world(settings_in(tmp_path_factory.mktemp("ruled"))) as world:
        for object_type_id in (0, 0, DEAL):
            await world.user.CreateWebhook(hooking(object_type_id=object_type_id))
        await world.user.CreateGlobalRule(ruling(1))
        await world.user.CreateForm(forming(1))
        yield world


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_bad_definitions(ruled_world: World, case: Case) -> None:
    before = ruled_world.registry.database.head.revision
    method = case.request.DESCRIPTOR.name.removesuffix("Request")
    refused = await refusal(getattr(ruled_world.user, method)(case.request))
    assert (refused.code, refused.fields) == (case.code, case.fields), refused.text
    assert case.says in refused.text
    await ruled_world.registry.database.poll()
    assert ruled_world.registry.database.head.revision == before


@pytest.mark.asyncio(loop_scope="module")
async def test_times_that_are_none_are_not_read(ruled_world: World) -> None:
    asked = ruling(1, create_time=Timestamp(seconds=2**62), update_time=Timestamp(nanos=-1))
    made = (await ruled_world.user.CreateGlobalRule(asked)).rule
    assert made.create_time.seconds < 2**40
