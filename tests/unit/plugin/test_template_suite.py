"""The conformance suite for templates finds what it is there to find, and asks nothing of other encoders."""

import pickle
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hookline_builtin.encoders import TextEncoder
from hookline_plugin import (
    EncodeError,
    Merge,
    Names,
    Payload,
    Template,
    TemplateEncoder,
    TemplateError,
    encoder_flaw,
)
from hookline_plugin.merging import scan, text_of
from hookline_plugin.testing import TemplateConformance
from hookline_plugin.testing.templates import HOSTILE, SomeNames

SUITE = TemplateConformance()
TEXT = "Dear [First Name], [Email|none]"
Render = Callable[[Sequence[str | Merge], Payload], Any]


class Parsed:
    def __init__(self, parts: Sequence[str | Merge], render: Render) -> None:
        self.merges = [part for part in parts if isinstance(part, Merge)]
        self._parts = parts
        self._render = render

    def render(self, values: Payload) -> bytes:
        body: bytes = self._render(self._parts, values)
        return body


class Broken(TextEncoder):
    """A text encoder whose templates do what they are told."""

    def __init__(self, render: Render | None = None, parse: Callable[[str, Names], Template] | None = None) -> None:
        self._render = render or written
        self._parse = parse

    def parse(self, text: str, names: Names) -> Template:
        return self._parse(text, names) if self._parse else Parsed(scan(text, names), self._render)


def written(parts: Sequence[str | Merge], values: Payload) -> bytes:
    return "".join(part if isinstance(part, str) else text_of(values, part) for part in parts).encode()


def again(parts: Sequence[str | Merge], values: Payload) -> bytes:
    return written(scan(written(parts, values).decode(), SomeNames(strict=False)), values)


def raising(parts: Sequence[str | Merge], values: Payload) -> bytes:
    raise KeyError("firstname")


def clearing(parts: Sequence[str | Merge], values: Any) -> bytes:
    body = written(parts, values)
    values["firstname"] = ""
    return body


def without_defaults(parts: Sequence[str | Merge], values: Payload) -> bytes:
    return written([Merge(part.name, part.path) if isinstance(part, Merge) else part for part in parts], values)


def refusing_without_reason(parts: Sequence[str | Merge], values: Payload) -> bytes:
    raise EncodeError("")


def parsed(render: Render) -> Template:
    return Broken(render).parse(TEXT, SomeNames())


def test_a_value_that_is_read_again() -> None:
    with pytest.raises(AssertionError, match="a value was read as a merge field"):
        SUITE.test_a_value_is_not_read_again(parsed(again), "[Secret]")


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_a_value_that_is_not_shown(value: str) -> None:
    with pytest.raises(AssertionError, match="the body ignores the value"):
        SUITE.test_a_value_is_not_read_again(parsed(lambda parts, values: b"mary"), value)


@pytest.mark.parametrize(
    "render, complaint",
    [
        (lambda parts, values: written(parts, values).decode(), "render gave str, not bytes"),
        (lambda parts, values: b"", "the value is not in the body"),
        (without_defaults, "gave no default"),
    ],
)
def test_a_body_without_values_or_defaults(render: Render, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        SUITE.test_renders_values_and_defaults(parsed(render))


def test_values_that_are_changed() -> None:
    with pytest.raises(AssertionError):
        SUITE.test_gives_the_same_bytes_each_time(parsed(clearing), "x")


def test_other_errors() -> None:
    with pytest.raises(KeyError):
        SUITE.test_refuses_values_only_with_encode_error(parsed(raising), None)
    with pytest.raises(AssertionError, match="neither a body nor a reason"):
        SUITE.test_refuses_values_only_with_encode_error(parsed(refusing_without_reason), None)


def test_a_body_without_bounds() -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        SUITE.test_bounds_the_body(parsed(written))


def careless(text: str, names: Names) -> Template:
    return Parsed(scan(text, SomeNames(strict=False)), written)


def misplaced(text: str, names: Names) -> Template:
    try:
        return Parsed(scan(text, names), written)
    except TemplateError as error:
        raise TemplateError(error.reason, 0, 0) from None


def test_unknown_names_that_are_taken() -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        SUITE.test_refuses_unknown_names(Broken(parse=careless), TEXT)


def test_places_that_are_none() -> None:
    with pytest.raises(AssertionError, match="the wrong line"):
        SUITE.test_refuses_unknown_names(Broken(parse=misplaced), TEXT)
    with pytest.raises(AssertionError, match="neither a template nor a reason"):
        SUITE.test_refuses_templates_only_with_template_error(Broken(parse=misplaced), "[", strict=True)


def test_an_encoder_without_templates_is_one_still() -> None:
    class Plain:
        name = "plain"
        media_type = "text/x-plain"
        media_types = frozenset({"text/x-plain"})

        def encode(self, payload: Payload) -> bytes:
            return b""

    assert encoder_flaw(Plain()) is None
    assert not isinstance(Plain(), TemplateEncoder)
    assert isinstance(TextEncoder(), TemplateEncoder)


def test_a_template_error_survives_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(TemplateError("no", 2, 3)))
    assert (error.reason, error.line, error.column, str(error)) == ("no", 2, 3, "line 2, column 3: no")
