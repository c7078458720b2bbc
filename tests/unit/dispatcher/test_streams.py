from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack

import pytest
from grpc import StatusCode

from hookline_dispatcher.api.streams import MOST, MOST_OF_ACCOUNT, MOST_OF_ONE, Streams
from hookline_runtime.errors import ResourceExhausted

KEYS = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 3, "operator": 0, "operator2": 0}
"""The account of each key."""


@pytest.mark.parametrize("opened, next_key, refused", [
    ("a", "a", ""),
    ("a a", "a", "this key has too many"),
    ("a a", "b", ""),
    ("a a b", "b", "this account has too many"),
    ("a a b", "c", "this account has too many"),
    ("a a b", "d", ""),
    ("a a b d d", "e", "too many publishing streams are open"),
    ("operator operator", "operator", "this key has too many"),
    ("operator operator operator2", "operator2", ""),
])  # fmt: skip
def test_counts_streams_of_a_key_of_an_account_and_in_all(opened: str, next_key: str, refused: str) -> None:
    streams = Streams(most=5, most_of_one=2, most_of_account=3)
    with ExitStack() as held:
        for key in opened.split():
            held.enter_context(_entered(streams, key))
        if not refused:
            held.enter_context(_entered(streams, next_key))
        else:
            with pytest.raises(ResourceExhausted, match=refused) as raised:
                held.enter_context(_entered(streams, next_key))
            assert raised.value.code is StatusCode.RESOURCE_EXHAUSTED
    with ExitStack() as held:  # all of them ended
        for key in ("a", "a", "b", "d", "d"):
            held.enter_context(_entered(streams, key))


def _entered(streams: Streams, key: str) -> AbstractContextManager[None]:
    return streams.entered(key, KEYS[key])


def test_no_account_can_take_every_stream_by_keys() -> None:
    streams = Streams()
    with ExitStack() as held:
        for number in range(MOST_OF_ACCOUNT):
            held.enter_context(streams.entered(f"key {number // MOST_OF_ONE}", 1))
        with pytest.raises(ResourceExhausted, match="this account"):
            held.enter_context(streams.entered("one more key", 1))
        for _ in range(min(MOST_OF_ONE, MOST - MOST_OF_ACCOUNT)):
            held.enter_context(streams.entered("another account's", 2))
