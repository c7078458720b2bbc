"""Triggers without memory: who is asked, what fires, what is said of the rest, and what a bad plugin costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.registry.v1 import config_pb2

from tests.contract.dispatcher.fed import (
    DELIVERED,
    SUBSCRIPTION,
    WEBHOOK,
    Fed,
    account_item,
    gone,
    running,
    subscription_item,
    trigger_item,
    webhook_item,
)
from tests.unit.dispatcher.configs import BASIC, PLUS, PRO
from tests.unit.dispatcher.toy_source import toy

FORM, TRIGGER = config_pb2.CONFIG_KIND_FORM, config_pb2.CONFIG_KIND_TRIGGER
RULE = config_pb2.CONFIG_KIND_GLOBAL_RULE


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    async with running(tmp_path) as fed:
        await fed.change(*(webhook_item(id_, url=fed.receiver.url, data=f"hook={id_}") for id_ in (1, 2)))
        yield fed


def by(delivery: dpb.Delivery) -> tuple[str, int, str]:
    return delivery.fired_by.source, delivery.fired_by.id, delivery.fired_by.element


async def test_subscriptions_fire_first_then_triggers_by_kind_and_id(fed: Fed) -> None:
    await fed.change(
        trigger_item(3, toy((2, "a/b")), "score", TRIGGER),
        trigger_item(2, toy((1, ""), (2, "failure")), "form_rule", FORM),
        trigger_item(9, toy((1, ""))),
        trigger_item(4, toy((1, ""))),
        subscription_item(5, fed.receiver.url),
    )
    assert (await fed.publish("e1")).deliveries == 6
    expected = [
        (SUBSCRIPTION, 5, ("subscription", 5, "")),
        (WEBHOOK, 1, ("global_rule", 4, "")),
        (WEBHOOK, 1, ("global_rule", 9, "")),
        (WEBHOOK, 1, ("form_rule", 2, "")),
        (WEBHOOK, 2, ("form_rule", 2, "failure")),
        (WEBHOOK, 2, ("score", 3, "a/b")),
    ]
    found = await fed.deliveries(event_id="e1")
    assert [(each.target.kind, each.target.id, by(each)) for each in found] == expected
    shown = await fed.published("e1")
    assert [(each.fired_by.source, each.fired_by.element) for each in shown.fired] == [
        (source, element) for _, _, (source, _, element) in expected
    ]
    assert (shown.unmatched_reason, list(shown.notes)) == ("", [])


async def test_a_repeated_event_fires_once(fed: Fed) -> None:
    await fed.change(trigger_item(1, toy((1, ""))))
    for duplicate in (False, True):
        ack = await fed.publish("e1")
        assert (ack.duplicate, ack.deliveries) == (duplicate, 1)
    assert len(await fed.deliveries()) == 1


@pytest.mark.parametrize(
    "definition, words",
    [
        (toy((1, ""), raises="value"), "it failed with ValueError"),
        (toy((1, ""), raises="exit"), "it failed with SystemExit"),
        (toy((1, ""), raises="deep"), "it failed with RecursionError"),
        (toy(answers="yes"), "it failed with TypeError"),
        (toy((1, "a\nb")), "it failed with ValueError"),
        (toy((1, "x" * 129)), "it failed with ValueError"),
        (toy(("1", "")), "it failed with ValueError"),
        (toy((1, 7)), "it failed with ValueError"),
        (toy(*[(1, "")] * 101), "it failed with ValueError"),
        (toy((99, "")), "there is no webhook 99"),
        (toy((2**80, "")), f"there is no webhook {2**80}"),
        (toy(why_not="the tag is\nnot 5"), "the tag is not 5"),
        (toy(why_not=7), "it does not fire"),
        (toy(), "it does not fire"),
    ],
)
async def test_a_bad_trigger_costs_itself_only(fed: Fed, definition: dict[str, Any], words: str) -> None:
    await fed.change(trigger_item(1, definition), trigger_item(2, toy((1, "kept"))))
    assert (await fed.publish("e1")).deliveries == 1
    (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED)
    assert by(delivery) == ("global_rule", 2, "kept")
    assert list((await fed.published("e1")).notes) == [f"global_rule/1: {words}"]


@pytest.mark.parametrize(
    "broken",
    [
        trigger_item(1, toy((1, ""), broken="value")),
        trigger_item(1, toy((1, ""), broken="exit")),
        trigger_item(1, toy((1, ""), broken="interests")),
        trigger_item(1, toy((1, "")), "no_such_source"),
        trigger_item(1, b"not JSON"),
        trigger_item(1, b"[]"),
        trigger_item(1, b"\xff\xfe"),
    ],
)
async def test_a_definition_that_cannot_be_compiled_is_kept_until_it_can(
    fed: Fed, broken: config_pb2.ConfigItem
) -> None:
    await fed.change(broken, trigger_item(2, toy((1, ""))))
    assert (await fed.publish("e1")).deliveries == 1
    await fed.change(trigger_item(1, toy((2, ""))))
    assert (await fed.publish("e2")).deliveries == 2


@pytest.mark.parametrize(
    "account, words",
    [
        (account_item(PRO, global_rules=False), "global rules are switched off for the account"),
        (account_item(BASIC), "the plan BASIC has no global rules"),
        (account_item(PLUS), "the plan PLUS has no global rules"),
    ],
)
async def test_rules_keep_to_plan_and_switch_of_today(fed: Fed, account: config_pb2.ConfigItem, words: str) -> None:
    await fed.change(trigger_item(1, toy((1, ""))), trigger_item(1, toy((2, "")), "score", TRIGGER))
    assert (await fed.publish("e1")).deliveries == 2
    await fed.change(account)
    assert (await fed.publish("e2")).deliveries == 1
    assert by((await fed.deliveries(event_id="e2"))[0]) == ("score", 1, "")
    assert list((await fed.published("e2")).notes) == [f"global_rule/1: {words}"]
    await fed.change(account_item())
    assert (await fed.publish("e3")).deliveries == 2


async def test_form_rules_have_a_switch_of_their_own(fed: Fed) -> None:
    await fed.change(trigger_item(1, toy((1, ""))), trigger_item(1, toy((2, "")), "form_rule", FORM))
    await fed.change(account_item(form_rules=False))
    await fed.publish("e1")
    assert [by(each) for each in await fed.deliveries()] == [("global_rule", 1, "")]
    assert "form rules are switched off" in (await fed.published("e1")).notes[0]


async def test_an_event_that_nobody_asked_for_is_stored_and_matches_nothing(fed: Fed) -> None:
    await fed.change(trigger_item(1, toy((1, ""), on=[("object_submits_form", "7", None)])))
    assert (await fed.publish("e1", type="object_submits_form", params={"form_id": "999"})).deliveries == 0
    shown = await fed.published("e1")
    assert (shown.unmatched_reason, list(shown.notes)) == ("there is no subscription to object_submits_form", [])
    assert not fed.sources["global_rule"].asked


async def test_a_trigger_sees_the_event_and_is_asked_once(fed: Fed) -> None:
    both = [("sub_tag", None, None), ("sub_tag", "4", None), ("field_is_updated", "n", None)]
    await fed.change(trigger_item(1, toy((1, ""), on=both)))
    assert (await fed.publish("e1", changed_fields=["n"], tags=["a"], object_type_id=149)).deliveries == 1
    (happening,) = fed.sources["global_rule"].asked
    assert (happening.type, happening.params, happening.object_type_id) == ("sub_tag", {"tag_id": "4"}, 149)
    assert happening.data["n"] == 12345678901234567890123, "with every digit"
    assert (happening.object_id, tuple(happening.changed_fields), tuple(happening.tags)) == ("8", ("n",), ("a", "4"))
    assert happening.now >= happening.occurred_time > 0


async def test_only_what_changed_is_compiled_anew(fed: Fed) -> None:
    source = fed.sources["global_rule"]
    await fed.change(*(trigger_item(id_, toy((1, ""))) for id_ in range(1, 61)))
    assert (await fed.publish("e1")).deliveries == 60
    assert source.compiled == 60
    # One change: what waits for its turn at the webhook asks for the account between two, and compiles the first.
    await fed.change(trigger_item(7, toy()), gone(RULE, 8), account_item())
    assert (await fed.publish("e2")).deliveries == 58
    assert source.compiled == 61


async def test_notes_are_bounded(fed: Fed) -> None:
    await fed.change(*(trigger_item(id_, toy(why_not="no " * 1000)) for id_ in range(1, 41)))
    assert (await fed.publish("e1")).deliveries == 0
    notes = (await fed.published("e1")).notes
    assert (len(notes), notes[-1]) == (11, "and 30 more")
    assert sum(map(len, notes)) < 2100
