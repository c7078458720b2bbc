from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hookline_dispatcher.api.json_path import path_at

KEYS = st.text(max_size=4) | st.sampled_from(["a", "b_1", "[", "}", '"', "\\\\", ",", ":", ""])
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)
MARK = 424242424242
STEPS = st.lists(KEYS | st.integers(0, 3), max_size=5)


@pytest.mark.parametrize("text, path", [
    ("!", ""),
    ("[!", "[0]"),
    ("[[1, 2], [3, !", "[1][1]"),
    ('{"a": !', "a"),
    ('{"a": {"x": 1}, "b": {"c": [1, {"d": !', "b.c[1].d"),
    ('{"a": "b", "c": !', "c"),
    ('{"a b": {"": !', '["a b"][""]'),
    ('{"\\"[{": !', '["\\"[{"]'),
    ('{"a": ["x", "y:{", !', "a[2]"),
    ('{"\\u00e9": !', "é"),
    ('{"d": {}, "e": [], "f": !', "f"),
])  # fmt: skip
def test_says_where(text: str, path: str) -> None:
    assert path_at(text, text.index("!")) == path


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine is shared
@given(STEPS, st.data())
def test_leads_to_the_value(steps: list[str | int], data: st.DataObject) -> None:
    value: Any = MARK
    for step in reversed(steps):
        if isinstance(step, int):
            value = [*data.draw(st.lists(VALUES, min_size=step, max_size=step)), value]
        else:
            others = data.draw(st.dictionaries(KEYS, VALUES, max_size=2))
            value = {**{name: other for name, other in others.items() if name != step}, step: value}
    text = json.dumps(value)
    said = path_at(text, text.rindex(str(MARK)))
    assert said == "".join(map(written, steps)).removeprefix(".")


def written(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    word = step != "" and all(character == "_" or character.isalnum() for character in step)
    return f".{step}" if word else f"[{json.dumps(step, ensure_ascii=False)}]"
