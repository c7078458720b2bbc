from __future__ import annotations

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.throttle import spacing
from hookline_dispatcher.store.model import ConfigRow
from tests.unit.dispatcher_store.rig import ACCOUNT, PLAIN, Rig, key

KEY_ITEM, TARGET_ITEM = 2, 4


def row(
    id_: int, revision: int, *, kind: int = TARGET_ITEM, account: int = ACCOUNT, deleted: bool = False
) -> ConfigRow:
    return ConfigRow(account, kind, id_, revision, deleted, b"" if deleted else b"body %d" % revision)


async def apply(rig: Rig, policy: LanePolicy | None, revision: int = 9) -> None:
    """The target's settings as of a revision; without a policy they are deleted."""
    body = b"" if policy is None else b"{}"
    change = ConfigRow(ACCOUNT, TARGET_ITEM, 1, revision, policy is None, body, policy)
    await rig.store.apply_config([change], revision)


async def test_the_checkpoint_is_kept(rig: Rig) -> None:
    assert await rig.store.config_checkpoint() == 0
    await rig.store.apply_config([], 5)
    await rig.store.apply_config([row(1, 6)], 0)
    assert await rig.store.config_checkpoint() == 5
    await rig.open()
    assert await rig.store.config_checkpoint() == 5


async def test_the_newest_version_of_every_item_is_read_back(rig: Rig) -> None:
    await rig.store.apply_config([row(1, 1), row(2, 2), row(1, 3), row(5, 3, kind=KEY_ITEM)], 3)
    await rig.store.apply_config([row(2, 4, deleted=True), row(9, 4, account=8)], 4)
    found = await rig.store.config_of(ACCOUNT)
    assert [(each.kind, each.id, each.revision, each.body) for each in found] == [
        (KEY_ITEM, 5, 3, b"body 3"),
        (TARGET_ITEM, 1, 3, b"body 3"),
    ]
    assert [(each.account_id, each.id) for each in await rig.store.config_keys(TARGET_ITEM)] == [(ACCOUNT, 1), (8, 9)]


async def test_old_versions_of_targets_are_kept_and_of_others_not(rig: Rig) -> None:
    for revision in (1, 2):
        await rig.store.apply_config([row(1, revision), row(1, revision, kind=KEY_ITEM)], revision)
    old = await rig.store.config_version(ACCOUNT, TARGET_ITEM, 1, 1)
    assert old is not None
    assert (old.body, old.deleted) == (b"body 1", False)
    assert await rig.store.config_version(ACCOUNT, KEY_ITEM, 1, 1) is None
    assert await rig.store.config_version(8, TARGET_ITEM, 1, 1) is None


async def test_the_same_version_again_changes_nothing(rig: Rig) -> None:
    for _ in range(2):
        await rig.store.apply_config([row(1, 1)], 1)
    assert [each.revision for each in await rig.store.config_of(ACCOUNT)] == [1]


async def test_a_snapshot_drops_what_it_does_not_name(rig: Rig) -> None:
    await rig.publish(2)
    await rig.store.apply_config([row(1, 1), row(2, 1), row(3, 1, kind=KEY_ITEM)], 1)
    await rig.store.apply_config([row(1, 1)], 7, drop_others=True)
    assert [(each.kind, each.id) for each in await rig.store.config_of(ACCOUNT)] == [(TARGET_ITEM, 1)]
    assert (await rig.lane(2)).lane.switch is Switch.OFF
    assert await rig.store.config_version(ACCOUNT, TARGET_ITEM, 2, 1) is not None


async def test_a_deleted_target_is_off_and_what_waits_is_cancelled(rig: Rig) -> None:
    await apply(rig, PLAIN, 1)
    await rig.queue(2)
    await apply(rig, None, 2)
    lane = (await rig.lane()).lane
    assert (lane.switch, lane.reason) == (Switch.OFF, "its definition was deleted")
    assert await rig.store.sweep_off(10) == 2
    assert {each.state for each in await rig.all()} == {State.CANCELLED}
    assert [each for each in await rig.store.unannounced() if each.lane.switch is Switch.OFF] == []


async def test_a_target_that_comes_back_is_active_again(rig: Rig) -> None:
    await rig.queue(1)
    await apply(rig, None, 2)
    await apply(rig, PLAIN, 3)
    assert (await rig.lane()).lane.switch is Switch.ACTIVE
    assert len(await rig.claim()) == 1


async def test_a_change_does_not_switch_on_what_was_switched_off_otherwise(rig: Rig) -> None:
    await rig.queue(1)
    await rig.store.switch(key(), Switch.OFF, "by hand")
    await apply(rig, PLAIN, 3)
    assert (await rig.lane()).lane.reason == "by hand"


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_lane_follows_the_throttle_of_its_settings(rig: Rig, restarted: bool) -> None:
    await rig.queue(3)
    await apply(rig, LanePolicy(60))
    if restarted:
        await rig.open()
    assert len(await rig.claim()) == 1
    assert not await rig.claim()
    rig.tick(spacing(60))
    assert len(await rig.claim()) == 1
    before = rig.ready
    await apply(rig, PLAIN, 10)
    assert rig.ready == before + 1
    assert len(await rig.claim()) == 1
