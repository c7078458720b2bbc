r"""What every template encoder must do, as a class of tests; derive from it and give it the encoder and a template.

    class TestCsvTemplates(TemplateConformance):
        @pytest.fixture
        def encoder(self) -> TemplateEncoder:
            return CsvEncoder()

        @pytest.fixture
        def template(self) -> str:
            return "name,email\n[First Name],[Email|none]\n"

The template must hold `[First Name]` and `[Email|none]`, once each, where any text may stand. The suite looks for
these texts only: whether a receiver reads the values again is for the plugin's own tests to say.
"""

from types import MappingProxyType

import pytest

from hookline_plugin.encoder import EncodeError, Payload, Value
from hookline_plugin.merging import fold
from hookline_plugin.template import MAX_RENDERED, FieldPath, Names, Template, TemplateEncoder, TemplateError


class SomeNames:
    """Names of a contact's fields: `First Name`, `Email`, `Secret` and `Owner.Email`."""

    def __init__(self, *, strict: bool = True) -> None:
        self.strict = strict

    def find(self, name: str) -> FieldPath | None:
        """Give the path of one of the names."""
        return _PATHS.get(fold(name))

    def nearest(self, name: str) -> str | None:
        """Give the one whose first letter is the same."""
        return next((known for known in _PATHS if known[:1] == fold(name)[:1]), None)


_PATHS: dict[str, FieldPath] = {
    "first name": ("firstname",),
    "email": ("email",),
    "secret": ("secret",),
    "owner.email": ("Owner", "email"),
}


def _plain() -> dict[str, Value]:
    """Anew for each call: a template that changes what it is given must fail its own test, not those after it."""
    return {"firstname": "Mary", "email": "mary", "secret": "hidden"}


HOSTILE = (
    "[Secret]",
    "[[Secret]]",
    "[Secret|x]",
    "{{7*7}}",
    '"},{"',
    "</a><b>",
    "&secret=1",
    "%0d%0a",
    "\r\n\r\n",
    "]]>",
    "<![CDATA[",
    "&lt;&#91;",
    "\\",
    "\\u0022",
    "'\"",
    "\x00\x01\x1f\x7f\x85\u2028\ufeff\ufffe\uffff",
    "\ud800",
    "日本語 🧭",
)
"""Values that mean something somewhere, and must not where they are put."""

ODD: dict[str, Value] = {
    "null": None,
    "true": True,
    "number": -1.5e300,
    "long number": 10**3_999,
    "list": ["a", [None]],
    "mapping": {"a": {"b": 1}},
    "a list of another kind": (MappingProxyType({"a": "b"}),),
}
"""Values that are no texts, and yet have one."""

AWKWARD: dict[str, Value] = {
    "nan": float("nan"),
    "infinity within": [float("-inf")],
    "too long a number": 1 << 100_000,
    "object": object(),  # type: ignore[dict-item]  # a caller's mistake must not end a worker
    "bytes": b"bytes",
}
"""Values that may be refused, but only with EncodeError."""

BROKEN = ("", " ", "[", "]", "[]", "[ ]", "[|x]", "[First Name", "[First Name|[Email]", "{", "<", "=", "\x00", "\ud800")
"""Templates that may be refused, but only with TemplateError."""


class TemplateConformance:
    """The contract of TemplateEncoder as tests; override `encoder` and `template`."""

    @pytest.fixture
    def encoder(self) -> TemplateEncoder:
        """Give the encoder under test."""
        raise NotImplementedError("override the fixture `encoder`")

    @pytest.fixture
    def template(self) -> str:
        """Give a template with `[First Name]` and `[Email|none]`."""
        raise NotImplementedError("override the fixture `template`")

    @pytest.fixture
    def parsed(self, encoder: TemplateEncoder, template: str) -> Template:
        """Give the template parsed."""
        assert template.count("[First Name]") == template.count("[Email|none]") == 1, "the template lacks the fields"
        return encoder.parse(template, SomeNames())

    def test_is_a_template_encoder(self, encoder: TemplateEncoder) -> None:
        """It has `detects` and `parse` beside what an encoder has."""
        assert isinstance(encoder, TemplateEncoder), "it lacks detects or parse"

    def test_detects_its_own(self, encoder: TemplateEncoder, template: str) -> None:
        """A template of its own content type is detected, and the answer is a boolean."""
        assert encoder.detects(template) is True, "its own template was not detected"

    @pytest.mark.parametrize("text", [*BROKEN, *HOSTILE], ids=ascii)
    def test_detects_without_raising(self, encoder: TemplateEncoder, text: str) -> None:
        """Any text can be asked about."""
        assert encoder.detects(text) in (True, False)

    def test_tells_the_merge_fields(self, encoder: TemplateEncoder, template: str, parsed: Template) -> None:
        """They are given in their order, folded, with paths and defaults."""
        expected = [("first name", ("firstname",), ""), ("email", ("email",), "none")]
        if template.index("[Email") < template.index("[First"):
            expected.reverse()
        assert [(merge.name, merge.path, merge.default) for merge in parsed.merges] == expected

    def test_renders_values_and_defaults(self, parsed: Template) -> None:
        """A value is in the body, a default is where the value is empty, null or missing."""
        body = parsed.render(_plain())
        assert type(body) is bytes, f"render gave {type(body).__name__}, not bytes"
        assert b"Mary" in body, "the value is not in the body"
        assert b"none" not in body, "the default is there beside a value"
        for empty in ({"firstname": "Mary"}, {"firstname": "Mary", "email": ""}, {"firstname": "Mary", "email": None}):
            assert b"none" in parsed.render(empty), f"{empty} gave no default"

    def test_folds_names(self, encoder: TemplateEncoder, template: str, parsed: Template) -> None:
        """Case and outer blanks of a name do not matter."""
        other = encoder.parse(template.replace("[First Name]", "[ fIRST nAME ]"), SomeNames())
        assert other.render(_plain()) == parsed.render(_plain())

    def test_follows_relations(self, encoder: TemplateEncoder, template: str) -> None:
        """A field of a related object is found, and is empty where the relation is none."""
        related = encoder.parse(template.replace("[First Name]", "[Owner.Email]"), SomeNames())
        assert b"boss" in related.render({"Owner": {"email": "boss"}})
        assert related.render({"Owner": "boss"}) == related.render({}) == related.render({"Owner": None})

    @pytest.mark.parametrize("value", HOSTILE, ids=ascii)
    def test_a_value_is_not_read_again(self, parsed: Template, value: str) -> None:
        """A value that looks like a merge field stays what it is."""
        body = parsed.render({**_plain(), "firstname": value})
        assert b"hidden" not in body, "a value was read as a merge field"
        assert b"mary" in body, "a value swallowed another"
        assert body != parsed.render(_plain()), "the body ignores the value"

    @pytest.mark.parametrize("value", [*ODD.values(), *HOSTILE], ids=lambda value: ascii(value)[:20])
    def test_gives_the_same_bytes_each_time(self, parsed: Template, value: Value) -> None:
        """The same values give the same bytes, and stay as they are."""
        values: Payload = {"firstname": value, "email": value}
        before = repr(values)
        body = parsed.render(values)
        parsed.render(_plain())
        assert parsed.render(dict(values)) == body, "the same values gave different bytes"
        assert repr(values) == before, "render changed the values"

    @pytest.mark.parametrize("value", AWKWARD.values(), ids=AWKWARD)
    def test_refuses_values_only_with_encode_error(self, parsed: Template, value: Value) -> None:
        """What it cannot express is an EncodeError with a reason."""
        assert _outcome(parsed, {"firstname": value}), "neither a body nor a reason"

    def test_bounds_the_body(self, parsed: Template) -> None:
        """A body larger than MAX_RENDERED bytes is refused."""
        with pytest.raises(EncodeError):
            parsed.render({"firstname": "x" * (MAX_RENDERED + 1)})

    def test_refuses_unknown_names(self, encoder: TemplateEncoder, template: str) -> None:
        """The error says where the unknown name stands, what it is, and which one is near."""
        text = template.replace("[First Name]", "[Frist Name]")
        with pytest.raises(TemplateError) as caught:
            encoder.parse(text, SomeNames())
        before = text[: text.index("[Frist Name]")]
        assert caught.value.line == before.count("\n") + 1, "the wrong line"
        assert caught.value.column == len(before) - before.rfind("\n"), "the wrong column"
        assert "Frist Name" in caught.value.reason, "the reason does not say which name"
        assert "first name" in caught.value.reason.casefold(), "the reason does not say the nearest name"

    def test_names_that_are_not_strict(self, encoder: TemplateEncoder, template: str) -> None:
        """A name that is unknown, because its field was deleted, renders as empty, and is told by `merges`."""
        parsed = encoder.parse(template.replace("[First Name]", "[Frist Name]"), SomeNames(strict=False))
        assert ("frist name", None) in [(merge.name, merge.path) for merge in parsed.merges]
        assert parsed.render({**_plain(), "frist name": "x"}) == parsed.render(_plain())
        assert b"mary" in parsed.render(_plain())

    @pytest.mark.parametrize("text", BROKEN, ids=ascii)
    @pytest.mark.parametrize("strict", [True, False])
    def test_refuses_templates_only_with_template_error(
        self, encoder: TemplateEncoder, text: str, strict: bool
    ) -> None:
        """What can never be well formed is a TemplateError with a reason and a place; what is taken renders."""
        names: Names = SomeNames(strict=strict)
        assert _reading(encoder, text, names), "neither a template nor a reason"


def _outcome(parsed: Template, values: Payload) -> bytes | str:
    try:
        return parsed.render(values)
    except EncodeError as error:
        return error.reason


def _reading(encoder: TemplateEncoder, text: str, names: Names) -> bool:
    try:
        parsed = encoder.parse(text, names)
    except TemplateError as error:
        return bool(error.reason) and error.line >= 1 and error.column >= 1
    return type(parsed.render(_plain())) is bytes
