"""Every input that fuzzing ever kept does what it may, and so does nothing at all."""

from __future__ import annotations

import pytest

from tests.fuzz.corpus import kept
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_no_kept_input_fails(target: str) -> None:
    inputs = kept(target)
    assert inputs, "nothing is kept: run make fuzz"
    for data in (b"", *inputs):
        TARGETS[target](data)
