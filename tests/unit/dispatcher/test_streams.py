from __future__ import annotations

from contextlib import ExitStack

import pytest

from hookline_dispatcher.api.streams import Streams
from hookline_runtime.errors import ResourceExhausted


@pytest.mark.parametrize("keys, next_key, fits", [
    (["a"], "a", True),
    (["a", "a"], "a", False),
    (["a", "a"], "b", True),
    (["a", "a", "b"], "c", False),
])  # fmt: skip
def test_counts_streams_of_a_key_and_in_all(keys: list[str], next_key: str, fits: bool) -> None:
    streams = Streams(most=3, most_of_one=2)
    with ExitStack() as held:
        for key in keys:
            held.enter_context(streams.entered(key))
        if fits:
            held.enter_context(streams.entered(next_key))
        else:
            with pytest.raises(ResourceExhausted):
                held.enter_context(streams.entered(next_key))
    with streams.entered("a"), streams.entered("a"), streams.entered("b"):
        pass
