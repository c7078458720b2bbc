from __future__ import annotations

import pytest

from hookline_runtime.errors import ResourceExhausted
from hookline_runtime.under_way import Most, UnderWay, of_keys, of_strangers


def test_all_together_and_each_caller_are_bounded() -> None:
    calls = UnderWay(Most(4, 2))
    for caller in ("a", "a", "b"):
        calls.enter(caller)
    with pytest.raises(ResourceExhausted, match="of this caller"):
        calls.enter("a")
    calls.enter("c")
    for caller in ("d", ""):
        with pytest.raises(ResourceExhausted, match="too many calls at once"):
            calls.enter(caller)
    calls.leave("a")
    calls.enter("a")


def test_who_has_no_name_counts_among_all_alone() -> None:
    calls = UnderWay(Most(3, 1))
    for _ in range(3):
        calls.enter("")
    with pytest.raises(ResourceExhausted):
        calls.check()
    calls.leave("")
    calls.check()


@pytest.mark.parametrize("limit, keys, strangers", [(1000, 750, 125), (4, 3, 16), (1, 1, 16)])
def test_one_leaves_room_for_others(limit: int, keys: int, strangers: int) -> None:
    assert (of_keys(limit), of_strangers(limit).of_one) == (Most(limit, keys), strangers)
