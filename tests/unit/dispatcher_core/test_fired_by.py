import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_dispatcher.core.fired_by import FiredBy, read_fired_by


@given(st.from_regex(r"[a-z][a-z0-9_.-]*", fullmatch=True), st.integers(0, 2**62), st.text(max_size=20))
def test_what_is_written_is_read_back(source: str, id_: int, element: str) -> None:
    assert read_fired_by(str(FiredBy(source, id_, element))) == FiredBy(source, id_, element)


def test_the_whole_has_no_element() -> None:
    assert str(FiredBy("global_rule", 7)) == "global_rule/7"
    assert str(FiredBy("global_rule", 7, "success")) == "global_rule/7/success"


@pytest.mark.parametrize("line", ["", "global_rule", "/7", "global_rule/x"])
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        read_fired_by(line)
