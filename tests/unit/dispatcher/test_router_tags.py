"""Tags that an event tells of by its type alone: conditions see them at once, and the object's state keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.routing import ObjectKey
from tests.unit.builtin.campaign_maps import campaign, end, entry, fork, send
from tests.unit.builtin.rules import rule, tag, trigger
from tests.unit.dispatcher.configs import ACCOUNT, trigger_row
from tests.unit.dispatcher.test_router_membership import Members


async def tell(rig: Members, type_: str, tag_id: str = "", tags: tuple[str, ...] = (), version: int = 0) -> None:
    rig.published += 1
    params = {"tag_id": tag_id} if tag_id else {}
    event = Event(ACCOUNT, f"e{rig.published}", type_, 0, "8", b"{}", params, version, tags=tags)
    await rig.ingest.publish([Publication(event, b"")])


async def known(rig: Members) -> tuple[str, ...]:
    key = ObjectKey(ACCOUNT, 0, "8")
    return (await rig.store.objects([key]))[key].tags


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Members]:
    made = Members(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


@pytest.mark.parametrize(
    "type_, condition, fires",
    [
        ("sub_tag", tag(4), True),
        ("sub_tag", tag(4, absent=True), False),
        ("unsub_tag", tag(4), False),
        ("unsub_tag", tag(4, absent=True), True),
    ],
)
async def test_a_rule_sees_the_tag_of_its_event(rig: Members, type_: str, condition: Any, fires: bool) -> None:
    definition = rule(trigger(type_, tag_id="4"), any_of=[[condition]], actions=[{"webhook_id": "1"}])
    await rig.configure(trigger_row(1, "global_rule", definition, revision=rig.revision + 1))
    await tell(rig, type_, "4")
    assert len(await rig.fired()) == fires


async def test_the_state_keeps_what_events_without_a_list_tell(rig: Members) -> None:
    await rig.configure(rig.map(3, entry("out", 1), end()))
    told: list[tuple[str, str, tuple[str, ...], int, set[str]]] = [
        ("sub_tag", "4", (), 0, {"4"}),
        ("sub_tag", "5", (), 0, {"4", "5"}),
        ("sub_tag", "5", (), 0, {"4", "5"}),
        ("unsub_tag", "4", (), 0, {"5"}),
        ("unsub_tag", "9", (), 0, {"5"}),
        ("sub_tag", "6", ("6", "7"), 5, {"6", "7"}),
        ("sub_tag", "8", (), 4, {"6", "7"}),
        ("sub_tag", "8", (), 5, {"6", "7", "8"}),
        ("call_is_logged", "", ("7",), 6, {"7"}),
        ("unsub_tag", "7", (), 7, set()),
    ]
    for type_, tag_id, tags, version, expected in told:
        await tell(rig, type_, tag_id, tags, version)
        assert set(await known(rig)) == expected, (type_, tag_id, tags)


async def test_one_commit_keeps_the_order_of_its_events(rig: Members) -> None:
    await rig.configure(rig.map(3, entry("out", 1), end()))
    batch = []
    for number, (type_, tag_id) in enumerate(
        [("sub_tag", "4"), ("sub_tag", "5"), ("unsub_tag", "4"), ("sub_tag", "6")]
    ):
        event = Event(ACCOUNT, f"b{number}", type_, 0, "8", b"{}", {"tag_id": tag_id})
        batch.append(Publication(event, b""))
    await rig.ingest.publish(batch)
    assert await known(rig) == ("5", "6")


async def test_a_map_parts_ways_by_a_tag_that_was_told_of_alone(rig: Members) -> None:
    parts = campaign(
        entry("if", 1), fork("if", "yes", "no"), send("yes", "out", 1), send("no", "out", 1), end(), id="3"
    )
    await rig.configure(trigger_row(3, "campaign", parts, kind=ItemKind.CAMPAIGN, revision=rig.revision + 1))
    await tell(rig, "sub_tag", "4")
    await tell(rig, "sub_tag", "1")
    await rig.work()
    assert await rig.fired() == [("8", "campaign/3/yes")]
