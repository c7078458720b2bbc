"""Bodies that strangers send: laid out when that is harmless, else refused quickly."""

import io
import tracemalloc

import pytest
from rich.console import Console

from hookline_cli.http_server import Request
from hookline_cli.printable import printable
from hookline_cli.sink.bin import Received
from hookline_cli.sink.layout import Unreadable, laid_out
from hookline_cli.sink.printing import pretty_body, rendering

XML = "application/xml"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><lolz>&m;</lolz>"
)


@pytest.mark.parametrize(
    ("media_type", "body", "expected"),
    [
        (
            "application/json",
            b'{"b": [1, "\xc3\xab"], "a": null}',
            '{\n  "b": [\n    1,\n    "ë"\n  ],\n  "a": null\n}',
        ),
        ("application/x-www-form-urlencoded", b"a%5Bx%5D=1+2&b=", "a[x] = 1 2\nb = "),
        (XML, b"<a><b>1 &lt; 2</b><c/></a>", "<a>\n  <b>1 &lt; 2</b>\n  <c/>\n</a>"),
        (
            XML,
            b'<?xml version="1.0" encoding="UTF-8"?><a x="&quot;">t<b><c>1</c></b>u</a>',
            "<a x='\"'>\n  t\n  <b>\n    <c>1</c>\n  </b>\n  u\n</a>",
        ),
        ("text/xml", "<a>ë</a>".encode("utf-16"), "<a>ë</a>"),
        (XML, b"<a><![CDATA[<b>]]></a>", "<a>&lt;b&gt;</a>"),
    ],
)
def test_a_body_on_lines_of_their_own(media_type: str, body: bytes, expected: str) -> None:
    assert laid_out(media_type, body)[0] == expected


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (XML, LAUGHS.encode()),
        (XML, LAUGHS.encode("utf-16")),
        (XML, b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'),
        (XML, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        (XML, b"<a>&unknown;</a>"),
        (XML, b"<a><b></a>"),
        (XML, b""),
        (XML, b"<a>" * 9000),
        (XML, b"<a>" * 4000 + b"</a>" * 4000),
        ("application/json", b"[" * 30000 + b"]" * 30000),
        ("application/json", b"[" * 800 + b"1," * 20000 + b"1" + b"]" * 800),
        ("application/json", b"1" * 60000),
        ("application/json", b"\xff"),
        ("application/json", b'["' + b"x" * (8 << 20) + b'"]'),
        ("application/x-www-form-urlencoded", b"a=1&" * (2 << 20)),
        (XML, b"<a>" + b"x" * (8 << 20) + b"</a>"),
        ("text/plain", b"hello"),
    ],
)
def test_what_is_harmful_broken_or_huge_is_shown_as_it_came(media_type: str, body: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            laid_out(media_type, body)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    shown = pretty_body({"content-type": f"{media_type}; charset=utf-8"}, body)
    assert shown == (printable(body.decode("utf-8", "replace")), "text")


def test_a_huge_body_is_shown_in_part() -> None:
    request = Request("POST", "/", {"content-type": XML}, b"<a>" * (1 << 20))
    written = io.StringIO()
    Console(width=80, file=written).print(rendering(Received(request, 0.0, 200, None, None)))
    assert len(written.getvalue()) < 10_000
