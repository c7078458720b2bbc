"""The XML encoder, read back with the standard library's parser."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.encoders import XmlEncoder
from hookline_plugin import EncodeError, Payload, Value
from tests.unit.builtin.payloads import payloads

XML = XmlEncoder()
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KEYS = st.text(max_size=8) | st.sampled_from(["item", "field", "xml", "XmlName", "firstname", "a:b", "1st", "a-b.c_d"])


def read(element: ElementTree.Element) -> Any:
    """Read an element: None, text, a list, or the (key, value) pairs of a mapping."""
    if element.get("nil") == "true":
        assert len(element) == 0
        assert not element.text
        return None
    if len(element) == 0:
        return element.text or ""
    assert element.text is None
    if element[0].tag == "item":
        return [read(child) for child in element]
    return [(child.get("name", child.tag), read(child)) for child in element]


def as_read(value: Value) -> Any:
    """What a receiver sees of a value."""
    if value is None:
        return None
    if isinstance(value, str):
        return FORBIDDEN.sub("\ufffd", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return [(FORBIDDEN.sub("\ufffd", key), as_read(child)) for key, child in value.items()] or ""
    return [as_read(child) for child in value] or ""


@pytest.mark.parametrize(
    "payload, inner",
    [
        ({}, ""),
        ({"a": "x", "b": ""}, "<a>x</a><b></b>"),
        ({"a": None}, '<a nil="true"/>'),
        ({"a": True, "b": 2**70, "c": 1e22}, "<a>true</a><b>1180591620717411303424</b><c>1e+22</c>"),
        ({"a": {"b": {"c": "d"}}}, "<a><b><c>d</c></b></a>"),
        ({"a": ["x", None, ["y"]]}, '<a><item>x</item><item nil="true"/><item><item>y</item></item></a>'),
        ({"a": [], "b": {}}, "<a></a><b></b>"),
        ({"First Name": "x"}, '<field name="First Name">x</field>'),
        ({"1st": "x", "": "y"}, '<field name="1st">x</field><field name="">y</field>'),
        ({"a:b": "x", "größe": "y"}, '<field name="a:b">x</field><field name="größe">y</field>'),
        ({"xmlns": "x", "Xml": "y"}, '<field name="xmlns">x</field><field name="Xml">y</field>'),
        ({"item": "x", "items": "y"}, '<field name="item">x</field><items>y</items>'),
        ({"field": "x"}, "<field>x</field>"),
        ({"a": "<b>&amp;]]>\"'"}, "<a>&lt;b&gt;&amp;amp;]]&gt;\"'</a>"),
        ({'"<&>\t\n\r': None}, '<field name="&quot;&lt;&amp;&gt;&#9;&#10;&#13;" nil="true"/>'),
        ({"a": "\t\n\r"}, "<a>\t\n&#13;</a>"),
        ({"a": "\0\x08\x0b\x1f\ufffe\uffff"}, "<a>" + "\ufffd" * 6 + "</a>"),
        ({"a": "\ud800", "\udfff": ""}, '<a>\ufffd</a><field name="\ufffd"></field>'),
        ({"a": "é🧭\u0085"}, "<a>é🧭\u0085</a>"),
    ],
)  # fmt: skip
def test_bytes(payload: Payload, inner: str) -> None:
    assert XML.encode(payload).decode() == f"{DECLARATION}<webhook>{inner}</webhook>"


@given(payloads(KEYS))
@settings(max_examples=150)
def test_a_receiver_reads_the_payload_again(payload: Payload) -> None:
    root = ElementTree.fromstring(XML.encode(payload))
    assert root.tag == "webhook"
    assert read(root) == as_read(payload)


@given(st.text(st.characters(exclude_categories=[])))
@settings(max_examples=150)
def test_any_text_at_all_is_well_formed(text: str) -> None:
    root = ElementTree.fromstring(XML.encode({"a": text, text: "a"}))
    assert (root[0].text or "") == FORBIDDEN.sub("\ufffd", text)


@pytest.mark.parametrize(
    "payload, path",
    [
        ({"data": {"a": float("nan")}}, "data.a"),
        ({"data": {"a": b"x"}}, "data.a"),
        ({"data": {"a": {"x"}}}, "data.a"),
        ({"data": {1: "x"}}, "data"),
    ],
)
def test_refuses_and_says_where(payload: Any, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        XML.encode(payload)
    assert caught.value.path == path
