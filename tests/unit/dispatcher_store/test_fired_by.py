"""What fired a delivery: kept beside it, kept by its redelivery, and what it means for plans."""

from __future__ import annotations

import pytest

from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import DeliveryFilter, Firing, Intake, TargetKey
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, PLAIN, Rig, event, key

HOOK = TargetKey(ACCOUNT, 2, 1)
LITERAL = LanePolicy(origin="r.example:443")


async def fire(rig: Rig, *firings: Firing) -> None:
    rig.events += 1
    (result,) = await rig.store.ingest([Intake(event(f"e{rig.events}", kind=149), b"", NOW, firings)])
    for claim in result.claims:
        await rig.bury(claim)


async def test_it_is_read_back_and_kept_by_redeliveries(rig: Rig) -> None:
    await fire(rig, Firing(key(1), PLAIN, 1), Firing(HOOK, PLAIN, 1, "global_rule/7/success"))
    assert [each.fired_by for each in await rig.all()] == ["", "global_rule/7/success"]
    for delivery in await rig.all():
        again = await rig.store.redeliver(ACCOUNT, delivery.id, "")
        assert again is not None
        assert (again.fired_by, again.target) == (delivery.fired_by, delivery.target)


async def test_a_target_that_two_fire_at_gets_two(rig: Rig) -> None:
    await fire(rig, Firing(HOOK, PLAIN, 1, "global_rule/7"), Firing(HOOK, PLAIN, 1, "global_rule/8"))
    assert [each.fired_by for each in await rig.all()] == ["global_rule/7", "global_rule/8"]


async def test_plans_hold_back_what_subscriptions_fired_only(rig: Rig) -> None:
    await fire(rig, Firing(key(1), PLAIN, 1), Firing(HOOK, PLAIN, 1, "global_rule/7"))
    repeated = await rig.store.redeliver_since(ACCOUNT, 1, None, False, False, lambda type_, object_type_id: False)
    assert repeated == 1
    assert [each.fired_by for each in await rig.all() if each.redelivery_of] == ["global_rule/7"]


@pytest.mark.parametrize("kind", [1, 2])
async def test_deliveries_are_filtered_by_the_kind_of_their_target(rig: Rig, kind: int) -> None:
    await fire(rig, Firing(key(1), PLAIN, 1), Firing(HOOK, PLAIN, 1, "global_rule/7"))
    assert [each.target.kind for each in await rig.all(which=DeliveryFilter(target_kind=kind))] == [kind]


async def test_a_lane_whose_host_is_merged_now_forgets_what_its_host_did(rig: Rig) -> None:
    for _ in range(5):
        rig.events += 1
        intake = Intake(event(f"e{rig.events}"), b"", NOW, (Firing(HOOK, LITERAL, 1, "score/1"),))
        (result,) = await rig.store.ingest([intake])
        await rig.bury(result.claims[0])
    found = await rig.store.target(HOOK)
    assert found is not None
    assert found.lane.half_open
    for policy, half_open in ((LanePolicy(60, origin="r.example:443"), True), (LanePolicy(60), False)):
        changed = found.lane.with_policy(policy)
        assert (changed.half_open, changed.policy, changed.switch) == (half_open, policy, Switch.ACTIVE)
