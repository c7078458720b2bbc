"""Rules, forms and subscriptions that settle: stored, shown, changed and told to the dispatcher, or refused."""

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from hookline.registry.v1 import config_pb2, form_pb2, global_rule_pb2, subscription_pb2
from hookline.registry.v1.settle_pb2 import Settle

from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, forming, hooking, outcome, refusal, ruling, subscribing

Code = grpc.StatusCode
TEN, MINUTE, HOUR, DAY = (Duration(seconds=seconds) for seconds in (10, 60, 3600, 86_400))
CREATES: dict[str, Callable[..., Any]] = {
    "rule": lambda **more: ruling(1, **more),
    "form": lambda **more: forming(1, **more),
    "subscription": lambda **more: subscribing(**more),
}
WORDS = {"rule": "GlobalRule", "form": "Form", "subscription": "Subscription"}
MESSAGES: dict[str, tuple[Any, Any, Any]] = {
    "rule": (
        global_rule_pb2.GlobalRule,
        global_rule_pb2.UpdateGlobalRuleRequest,
        global_rule_pb2.GetGlobalRuleRequest,
    ),
    "form": (form_pb2.Form, form_pb2.UpdateFormRequest, form_pb2.GetFormRequest),
    "subscription": (
        subscription_pb2.Subscription,
        subscription_pb2.UpdateSubscriptionRequest,
        subscription_pb2.GetSubscriptionRequest,
    ),
}
LISTS: dict[str, tuple[Message, str]] = {
    "rule": (global_rule_pb2.ListGlobalRulesRequest(), "rules"),
    "form": (form_pb2.ListFormsRequest(), "forms"),
    "subscription": (subscription_pb2.ListSubscriptionsRequest(), "subscriptions"),
}
KINDS = {
    "rule": config_pb2.CONFIG_KIND_GLOBAL_RULE,
    "form": config_pb2.CONFIG_KIND_FORM,
    "subscription": config_pb2.CONFIG_KIND_SUBSCRIPTION,
}

of_each = pytest.mark.parametrize("what", CREATES)


async def create(world: World, what: str, **more: Any) -> Any:
    answer = await getattr(world.user, f"Create{WORDS[what]}")(CREATES[what](**more))
    return getattr(answer, what)


async def update(world: World, what: str, *paths: str, **values: Any) -> Any:
    resource, request, _ = MESSAGES[what]
    asked = request(update_mask=FieldMask(paths=paths), **{what: resource(id=1, **values)})
    return getattr(await getattr(world.user, f"Update{WORDS[what]}")(asked), what)


async def shown(world: World, what: str) -> Any:
    answer = await getattr(world.user, f"Get{WORDS[what]}")(MESSAGES[what][2](id=1))
    request, items = LISTS[what]
    listed = await getattr(world.user, f"List{WORDS[what]}s")(request)
    found = getattr(answer, what)
    assert list(getattr(listed, items)) == [found]
    return found


async def told(world: World, what: str) -> Any:
    """How it settles, as the dispatcher is told."""
    replica = Replica()
    await replica.catch_up(world)
    item = replica.items[KINDS[what], 1, 1]
    if what == "subscription":
        settle = item.subscription.subscription.settle
        return {name: span.ToJsonString() for name, span in ((f.name, v) for f, v in settle.ListFields())}
    return json.loads(item.trigger.definition).get("settle", {})


@pytest.fixture
async def hooked(world: World) -> World:
    await world.user.CreateWebhook(hooking())
    return world


@of_each
async def test_it_is_stored_shown_changed_and_told(hooked: World, what: str) -> None:
    made = await create(hooked, what, settle=Settle(quiet=TEN, longest=MINUTE))
    assert made.settle == Settle(quiet=TEN, longest=MINUTE)
    assert await shown(hooked, what) == made
    assert await told(hooked, what) == {"quiet": "10s", "longest": "60s"}
    other = await update(hooked, what, "settle", settle=Settle(quiet=HOUR))
    assert other.settle == Settle(quiet=HOUR)
    assert await told(hooked, what) == {"quiet": "3600s"}
    none = await update(hooked, what, "settle")
    assert not none.settle.ListFields()
    assert await shown(hooked, what) == none
    assert await told(hooked, what) == {}
    again = await update(hooked, what, settle=Settle(quiet=Duration(nanos=500_000_000)))
    assert again.settle.quiet.nanos == 500_000_000, "without a mask, what is set is changed"


@of_each
async def test_an_update_of_something_else_leaves_it(hooked: World, what: str) -> None:
    await create(hooked, what, settle=Settle(quiet=TEN))
    changes: dict[str, Any] = {"ordered": True} if what == "subscription" else {"name": "another"}
    changed = await update(hooked, what, **changes)
    assert changed.settle == Settle(quiet=TEN)


@of_each
@pytest.mark.parametrize("settle", [None, Settle(), Settle(quiet=Duration()), Settle(longest=TEN)])
async def test_without_a_quiet_time_it_does_not_settle(hooked: World, what: str, settle: Settle | None) -> None:
    made = await create(hooked, what, settle=settle)
    assert not made.settle.quiet.ToNanoseconds()
    assert (await told(hooked, what)).get("quiet", "0s") == "0s"


@of_each
async def test_the_bounds_are_within(hooked: World, what: str) -> None:
    made = await create(hooked, what, settle=Settle(quiet=HOUR, longest=DAY))
    assert made.settle == Settle(quiet=HOUR, longest=DAY)
    same = await update(hooked, what, "settle", settle=Settle(quiet=TEN, longest=TEN))
    assert same.settle == Settle(quiet=TEN, longest=TEN)


BAD = {
    "quiet below 0": (Settle(quiet=Duration(seconds=-1)), "settle.quiet"),
    "quiet for too long": (Settle(quiet=Duration(seconds=3600, nanos=1)), "settle.quiet"),
    "quiet of two signs": (Settle(quiet=Duration(seconds=3, nanos=-5)), "settle.quiet"),
    "quiet with nanos of more than a second": (Settle(quiet=Duration(nanos=2**31 - 1)), "settle.quiet"),
    "longest below 0": (Settle(quiet=TEN, longest=Duration(nanos=-1)), "settle.longest"),
    "longest for too long": (Settle(quiet=TEN, longest=Duration(seconds=86_401)), "settle.longest"),
    "longest of two signs": (Settle(quiet=TEN, longest=Duration(seconds=30, nanos=-5)), "settle.longest"),
    "longest shorter than quiet": (Settle(quiet=TEN, longest=Duration(seconds=9)), "settle.longest"),
}


@of_each
@pytest.mark.parametrize("settle, path", BAD.values(), ids=BAD)
async def test_what_is_wrong_is_refused_with_its_path(hooked: World, what: str, settle: Settle, path: str) -> None:
    refused = await refusal(create(hooked, what, settle=settle))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, (f"{what}.{path}",))
    await create(hooked, what)
    refused = await refusal(update(hooked, what, "settle", settle=settle))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, (f"{what}.{path}",))
    assert not (await shown(hooked, what)).settle.ListFields()


@of_each
async def test_a_mask_names_it_as_a_whole(hooked: World, what: str) -> None:
    await create(hooked, what)
    refused = await refusal(update(hooked, what, "settle.quiet", settle=Settle(quiet=TEN)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("update_mask",))


@pytest.mark.parametrize("event", ["target_disabled", "target_paused"])
async def test_events_of_the_system_do_not_settle(world: World, event: str) -> None:
    refused = await refusal(create(world, "subscription", event=event, settle=Settle(quiet=TEN)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("subscription.settle",))
    await create(world, "subscription", settle=Settle(quiet=TEN))
    refused = await refusal(update(world, "subscription", "event", event=event))
    assert refused.fields == ("subscription.settle",)
    assert (await update(world, "subscription", "event", "settle", event=event)).event == event


async def test_a_rule_in_text_may_settle(hooked: World) -> None:
    text = global_rule_pb2.RuleText(events="call_is_logged()", actions="Ping_APIURL(1)")
    rule = global_rule_pb2.GlobalRule(settle=Settle(quiet=TEN))
    made = await hooked.user.CreateGlobalRule(global_rule_pb2.CreateGlobalRuleRequest(rule=rule, text=text))
    assert made.rule.settle == Settle(quiet=TEN)
    asked = global_rule_pb2.UpdateGlobalRuleRequest(rule=global_rule_pb2.GlobalRule(id=1), text=text)
    assert (await hooked.user.UpdateGlobalRule(asked)).rule.settle == Settle(quiet=TEN)
    assert await told(hooked, "rule") == {"quiet": "10s"}


async def test_a_rule_that_is_paused_and_resumed_settles_as_before(hooked: World) -> None:
    await create(hooked, "rule", settle=Settle(quiet=TEN))
    await hooked.user.PauseGlobalRule(global_rule_pb2.PauseGlobalRuleRequest(id=1))
    await hooked.user.ResumeGlobalRule(global_rule_pb2.ResumeGlobalRuleRequest(id=1))
    assert await told(hooked, "rule") == {"quiet": "10s"}
    assert await outcome(update(hooked, "rule", "name", name="x")) is Code.OK
