from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.ingest.routing import route
from hookline_dispatcher.store.model import Firing
from tests.unit.dispatcher.configs import BASIC, PLUS, PRO, account, event, key, target

NOW = 1_700_000_000_000_000


def fired(type_: str, params: dict[str, str], *subscribed: tuple[str, str], object_type_id: int = 0) -> list[int]:
    config = account(*(target(id_, *each) for id_, each in enumerate(subscribed, 1)))
    routed = route(event(type_, params=params, object_type_id=object_type_id), config, NOW)
    return [firing.target.id for firing in routed.firings]


@pytest.mark.parametrize(
    "type_, params, subscribed, ids",
    [
        ("sub_tag", {"tag_id": "4"}, [("sub_tag", "4")], [1]),
        ("sub_tag", {"tag_id": "4"}, [("sub_tag", "5")], []),
        ("sub_tag", {"tag_id": "4"}, [("unsub_tag", "4")], []),
        ("sub_tag", {"tag_id": "4"}, [("sub_tag", "")], [1]),
        (
            "sub_tag",
            {"tag_id": "4"},
            [("sub_tag", ""), ("sub_tag", "4"), ("sub_tag", "4"), ("sub_tag", "")],
            [1, 2, 3, 4],
        ),
        ("unsub_tag", {"tag_id": "4"}, [("unsub_tag", "4")], [1]),
        ("object_submits_form", {"form_id": "4"}, [("object_submits_form", "4")], [1]),
        ("object_submits_form", {"form_id": "4", "tag_id": "5"}, [("object_submits_form", "5")], []),
        ("purchase_product", {"product_id": "16"}, [("purchase_product", "16")], [1]),
        ("transaction_created_with_product", {"product_id": "16"}, [("transaction_created_with_product", "16")], [1]),
        ("object_create", {}, [("object_create", "0"), ("object_create", "149"), ("object_create", "")], [1, 3]),
        ("target_disabled", {"target_id": "4"}, [("target_disabled", "")], [1]),
        ("an_event_of_a_later_version", {}, [("an_event_of_a_later_version", "")], [1]),
    ],
)
def test_matches_by_name_and_number(
    type_: str, params: dict[str, str], subscribed: list[tuple[str, str]], ids: list[int]
) -> None:
    assert fired(type_, params, *subscribed) == ids


def test_the_number_of_object_create_is_the_object_type() -> None:
    assert fired("object_create", {}, ("object_create", "0"), ("object_create", "149"), object_type_id=149) == [2]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["sub_tag", "unsub_tag"]), st.sampled_from(["", "4", "5"]))))
def test_the_index_finds_what_a_scan_would_find(subscribed: list[tuple[str, str]]) -> None:
    scan = [id_ for id_, each in enumerate(subscribed, 1) if each in (("sub_tag", ""), ("sub_tag", "4"))]
    assert fired("sub_tag", {"tag_id": "4"}, *subscribed) == scan


def test_a_firing_has_the_lane_and_the_revision_of_its_target() -> None:
    policy = LanePolicy(60, True, True, "r.example:443")
    routed = route(event(), account(target(3, "sub_tag", revision=11, policy=policy)), NOW)
    assert routed.firings == (Firing(key(3), policy, 11),)
    assert routed.note == ""


@pytest.mark.parametrize("plan, object_type_id, fires", [
    (BASIC, 0, True),
    (BASIC, 149, False),
    (PLUS, 0, True),
    (PLUS, 10000, False),
    (PRO, 149, True),
    (PRO, 0, True),
])  # fmt: skip
def test_basic_and_plus_get_contacts_only(plan: int, object_type_id: int, fires: bool) -> None:
    config = account(target(1, "sub_tag"), plan=plan)
    routed = route(event(object_type_id=object_type_id), config, NOW)
    assert bool(routed.firings) is fires
    assert ("plan" in routed.note) is not fires


def test_no_plan_keeps_back_an_event_of_the_system() -> None:
    config = account(target(1, "target_disabled"), plan=BASIC)
    assert route(event("target_disabled", object_type_id=149), config, NOW).firings


@pytest.mark.parametrize("config, words", [
    (None, "no such account"),
    (account(), "no subscription to sub_tag"),
    (account(target(1, "unsub_tag")), "no subscription to sub_tag"),
    (account(target(1, "sub_tag", "5")), "other numbers than 4"),
    (account(target(1, "sub_tag", "5"), plan=BASIC), "other numbers than 4"),
])  # fmt: skip
def test_says_why_nothing_matched(config: None, words: str) -> None:
    routed = route(event(object_type_id=149), config, NOW)
    assert routed.firings == ()
    assert words in routed.note
