"""Plain text with merge fields."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.encoders import TextEncoder
from hookline_plugin import MAX_RENDERED, EncodeError, TemplateError, Value
from hookline_plugin.merging import as_text, without_surrogates
from tests.unit.builtin.fields import Fields, values_of

TEXT = TextEncoder()


@pytest.mark.parametrize(
    "text, body",
    [
        ("", ""),
        ("Hello [First Name],\r\n\tyou are [Age].", "Hello [Age] <&>,\r\n\tyou are 41."),
        ("[[First Name]] {{7*7}}", "[First Name] {{7*7}}"),
        ("[Email|none] [Owner.Email]", "none boss"),
        ("[VIP][Tags]", '1["é"]'),
        ("é\ud800", "é\ufffd"),
    ],
)
def test_bytes(text: str, body: str) -> None:
    values: dict[str, Value] = {
        "first name": "[Age] <&>",
        "age": 41,
        "vip": True,
        "tags": ["é"],
        "owner": {"email": "boss"},
    }
    assert TEXT.parse(text, Fields()).render(values).decode() == body


def test_refuses_and_says_where() -> None:
    with pytest.raises(TemplateError, match=r"line 2, column 4: unknown field \[Emial\]"):
        TEXT.parse("a\nb: [Emial]", Fields())


def test_detects_anything() -> None:
    assert TEXT.detects("Hello [First Name]") is True


@pytest.mark.parametrize("size, fits", [(MAX_RENDERED - 1, True), (MAX_RENDERED, False)])
@pytest.mark.parametrize("template", ["x[Email]", "[Email]x", "[Age|x][Email]"])
def test_the_body_is_bounded_in_bytes(template: str, size: int, fits: bool) -> None:
    parsed = TEXT.parse(template, Fields())
    for text in ("e" * size, "é" * (size // 2) + "e" * (size % 2)):
        if fits:
            assert len(parsed.render({"email": text})) == size + 1
        else:
            with pytest.raises(EncodeError, match="the rendered data are larger than 1048576 bytes"):
                parsed.render({"email": text})


def test_many_fields_do_not_build_a_body_without_bound() -> None:
    parsed = TEXT.parse("[Tags]" * 10_000, Fields())
    with pytest.raises(EncodeError, match="larger"):
        parsed.render({"tags": ["x" * 100_000]})


LABELS = ("A", "b c")


@given(st.lists(st.sampled_from(["[A]", "[b c]"]) | st.text('xé\n<&"{ ', max_size=4), max_size=6), values_of(LABELS))
@settings(max_examples=200)
def test_values_stand_where_their_fields_stood(parts: list[str], values: dict[str, Any]) -> None:
    body = TEXT.parse("".join(parts), Fields(LABELS)).render(values).decode()
    texts = {f"[{label}]": as_text(values[label.casefold()]) for label in LABELS}
    assert body == without_surrogates("".join(texts.get(part, part) for part in parts))
