"""XML with merge fields, read back with the standard library's parser."""

import re
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.encoders import XmlEncoder
from hookline_plugin import EncodeError, Payload, TemplateError, Value
from hookline_plugin.merging import as_text
from tests.unit.builtin.fields import HOSTILE, Fields, values_of

XML = XmlEncoder()
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VALUES: Payload = {
    "first name": "Mary & <Ann>",
    "last name": 'O\'Neill "x"',
    "email": "a\tb\nc\rd",
    "age": 41,
    "vip": False,
    "tags": ["a", 1],
    "terms & conditions": "yes",
    'size 5" <wide>': "wide",
    "owner": {"email": "boss@example.com"},
}


def render(text: str, values: Payload = VALUES, *, strict: bool = True) -> str:
    return XML.parse(text, Fields(strict=strict)).render(values).decode()


@pytest.mark.parametrize(
    "text, body",
    [
        ("<a/>", "<a/>"),
        ("<a>[First Name] [Last Name]</a>", "<a>Mary &amp; &lt;Ann&gt; O'Neill \"x\"</a>"),
        ("<a b='[Last Name]'/>", "<a b='O&apos;Neill &quot;x&quot;'/>"),
        ('<a b="[Last Name]"/>', '<a b="O&apos;Neill &quot;x&quot;"/>'),
        ("<a b='[Email]'>[Email]</a>", "<a b='a&#9;b&#10;c&#13;d'>a\tb\nc&#13;d</a>"),
        ("<a>[Age][VIP][Tags][Owner.Email]</a>", '<a>410["a",1]boss@example.com</a>'),
        ("<a>[Gone|&lt;none&gt; &#38;]</a>", "<a>&lt;none&gt; &amp;</a>"),
        ("<a>[Terms &amp; Conditions][Size 5\" &lt;wide&gt;]</a>", "<a>yeswide</a>"),
        ("<a b='[Size 5&quot; &#x3C;wide>]'/>", "<a b='wide'/>"),
        ("<a>[[Age]] &#91;Age&#93; &amp;</a>", "<a>[Age] &#91;Age&#93; &amp;</a>"),
        ("<a b='[[Age]]>'>x > y</a>", "<a b='[Age]>'>x &gt; y</a>"),
        ("<a><![CDATA[<b>[First Name]</b>]]></a>", "<a><![CDATA[<b>]]>Mary &amp; &lt;Ann&gt;<![CDATA[</b>]]></a>"),
        ("<a><![CDATA[[Age]]]></a>", "<a><![CDATA[]]>41<![CDATA[]]></a>"),
        ("<a><![CDATA[[[Age]] &amp;[Terms & Conditions]]]></a>", "<a><![CDATA[[Age] &amp;]]>yes<![CDATA[]]></a>"),
        ("<!-- [9] [Foo] [[ --><a/><?p [x]?>", "<!-- [9] [Foo] [[ --><a/><?p [x]?>"),
        ("\ufeff\n <?xml version='1.0' encoding='utf-8'?><é/>", "<?xml version='1.0' encoding='utf-8'?><é/>"),
        ("<é ü='[Age]'/>", "<é ü='41'/>"),
        ("<s:a xmlns:s='urn:x' s:b='[Age]'>[Age]</s:a>", "<s:a xmlns:s='urn:x' s:b='41'>41</s:a>"),
        ("<a b = '[Age]'\n c='d=\"[Age]\"' ></a >", "<a b = '41'\n c='d=\"41\"' ></a >"),
    ],
)  # fmt: skip
def test_bytes(text: str, body: str) -> None:
    assert render(text, strict="Gone" not in text) == body


@pytest.mark.parametrize(
    "text, line, column, reason",
    [
        ("<a>\n<b>[Age]</a>", 2, 11, "this is not well-formed XML: mismatched tag"),
        ("<a>", 1, 4, "this is not well-formed XML: no element found"),
        ("", 1, 1, "this is not well-formed XML: no element found"),
        ("<a/>[Age]", 1, 5, "this is not well-formed XML: junk after document element; a merge field stands"),
        ("é\n", 1, 1, "this is not well-formed XML: syntax error"),
        ("<[Age]>x</[Age]>", 1, 2, "this is not well-formed XML: not well-formed (invalid token); a merge field"),
        ("<a [Age]='x'/>", 1, 4, "this is not well-formed XML: not well-formed (invalid token); a merge field stands"),
        ("<a b=[Age]/>", 1, 6, "this is not well-formed XML: not well-formed (invalid token); a merge field stands"),
        ("<a b='x' b='[Age]'/>", 1, 10, "this is not well-formed XML: duplicate attribute"),
        ("<a>🧭é &nbsp;</a>", 1, 7, "this is not well-formed XML: undefined entity"),
        ("<a>&#0;</a>", 1, 4, "this is not well-formed XML: reference to invalid character number"),
        ("<a>\x01</a>", 1, 4, "this is not well-formed XML: not well-formed"),
        ("<a>]]></a>", 1, 6, "this is not well-formed XML"),
        ("<a>[Terms & Conditions]</a>", 1, 12, "this is not well-formed XML"),
        ("<s:a>[Age]</s:a>", 1, 1, "this is not well-formed XML: unbound prefix"),
        ("\n<!DOCTYPE a><a/>", 2, 1, "a DOCTYPE is not taken"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 1, 1, "a DOCTYPE is not taken"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 1, 1, "a DOCTYPE is not taken"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", 1, 1, "the document must be XML 1.0 in UTF-8"),
        ("<?xml version='1.1'?><a/>", 1, 1, "the document must be XML 1.0 in UTF-8"),
        ("<a><!-- x [Age] --></a>", 1, 11, "a comment holds no merge field"),
        ("<a><?p [Age|0]?></a>", 1, 8, "a processing instruction holds no merge field"),
        ("<a xmlns='[Age]'/>", 1, 11, "a namespace cannot be merged"),
        ("<a xmlns:b='urn:[Age]'/>", 1, 13, "a namespace cannot be merged"),
        ("<a>\n é[Emial]</a>", 2, 3, "unknown field [Emial]; did you mean [email]?"),
        ("<a b='[Emial]'/>", 1, 7, "unknown field [Emial]"),
        ("<a><![CDATA[x[0]]]></a>", 1, 14, "unknown field [0]"),
        ("<a>[Age</a>", 1, 4, "this [ is not closed"),
        ("<a b='[Age'>]</a>", 1, 7, "this [ is not closed"),
        ("<a>[Age<b/>]</a>", 1, 4, "this [ is not closed"),
        ("<a><![CDATA[[Age]]></a>", 1, 13, "this [ is not closed"),
    ],
)  # fmt: skip
def test_refuses_and_says_where(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        XML.parse(text, Fields())
    assert caught.value.reason.startswith(reason), caught.value
    assert (caught.value.line, caught.value.column) == (line, column), caught.value


@pytest.mark.parametrize(
    "text, detected",
    [
        ("<a>[Age]</a>", True),
        ("\ufeff\n <?xml version='1.0'?><a/>", True),
        ("<!-- x --><a/>", True),
        ("<é/>", True),
        ("<a>[Age]", True),
        ("<3 [First Name]", False),
        ("< [Age]", False),
        ("", False),
        ("<", False),
        ("Hello <b>[First Name]</b>", False),
        ('{"a": "<b>"}', False),
    ],
)
def test_detects(text: str, detected: bool) -> None:
    assert XML.detects(text) is detected


def test_a_deleted_field_is_empty_and_a_new_one_breaks_no_comment() -> None:
    text = "<!-- [Age] --><a b='[Gone]'>[Gone|x]</a>"
    assert render(text, strict=False) == "<!-- [Age] --><a b=''>x</a>"


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], object()], ids=["nan", "infinite", "an object"])
def test_refuses_values_and_says_where(value: Any) -> None:
    with pytest.raises(EncodeError) as caught:
        render("<a>[Owner.Email]</a>", {"owner": {"email": value}})
    assert caught.value.path == "owner.email"


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_hostile_values_stay_values(value: str) -> None:
    text = "<a b='x[Email]y' c=\"[Email]\">[Email]><d/>]][Email]><e><![CDATA[[Email]>]]]]>]</e></a>"
    root = ElementTree.fromstring(render(text, {"email": value}))
    plain = FORBIDDEN.sub("\ufffd", value)
    assert root.attrib == {"b": f"x{plain}y", "c": plain}
    assert root.text == f"{plain}>"
    assert [(child.tag, child.text, child.tail) for child in root] == [
        ("d", None, f"]{plain}>"),
        ("e", f"{plain}>]]", None),
    ]


LABELS = ("A", "b c", "D&e")
PARTS = st.lists(st.sampled_from([f"[{label}]" for label in LABELS]) | st.text("ab<>&\"' é🧭]", max_size=3), max_size=4)
ATTRIBUTES = st.dictionaries(st.sampled_from("xyz"), PARTS, max_size=3)
elements = st.recursive(
    st.tuples(ATTRIBUTES, PARTS, st.just(())),
    lambda inner: st.tuples(ATTRIBUTES, PARTS, st.lists(inner, max_size=3)),
    max_leaves=6,
)


def written(element: Any) -> str:
    """Write a template: the text in a CDATA section where it may stand in one, for every other element."""
    attributes, parts, children = element
    head = "".join(f" {name}={quoteattr(join(value))}" for name, value in attributes.items())
    text = join(parts)
    inner = f"<![CDATA[{text}]]>" if len(parts) % 2 and "]]>" not in text else escape(text)
    return f"<e{head}>{inner}{''.join(map(written, children))}</e>"


def join(parts: list[str]) -> str:
    return "".join(part if part[1:-1] in LABELS else part.replace("]", "]]") for part in parts)


def as_read(element: Any, values: dict[str, Value]) -> Any:
    """What a receiver should read."""
    attributes, parts, children = element

    def text(parts: list[str]) -> str:
        known = {f"[{label}]": FORBIDDEN.sub("\ufffd", as_text(values[label.casefold()])) for label in LABELS}
        return "".join(known.get(part, part) for part in parts)

    return (
        {name: text(value) for name, value in attributes.items()},
        text(parts),
        [as_read(child, values) for child in children],
    )


def read(element: ElementTree.Element) -> Any:
    assert element.tag == "e"
    assert not element.tail
    return dict(element.attrib), element.text or "", [read(child) for child in element]


@given(elements, values_of(LABELS))
@settings(max_examples=300)
def test_a_receiver_reads_the_values_that_went_in(element: Any, values: dict[str, Value]) -> None:
    body = XML.parse(written(element), Fields(LABELS)).render(values)
    assert read(ElementTree.fromstring(body)) == as_read(element, values)


@given(st.text("<a/>[]!-?CDT&;='\" \n", max_size=12).map(lambda text: f"<a>{text}</a>"))
@settings(max_examples=300)
def test_any_text_is_a_template_or_a_template_error(text: str) -> None:
    try:
        template = XML.parse(text, Fields(["A"], strict=False))
    except TemplateError:
        return
    for value in HOSTILE:
        ElementTree.fromstring(template.render({"a": value}))
