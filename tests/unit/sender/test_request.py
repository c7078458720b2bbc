"""What goes on the wire, and what never may."""

from typing import Any

import pytest

from hookline_dispatcher.sender.model import Endpoint, Outgoing
from hookline_dispatcher.sender.request import OWNED_HEADERS, encode_request, host_header

ENDPOINT = Endpoint("https", "shop.example", 443)


@pytest.mark.parametrize(
    "endpoint, host",
    [
        (ENDPOINT, "shop.example"),
        (Endpoint("https", "shop.example", 80), "shop.example:80"),
        (Endpoint("http", "shop.example", 80), "shop.example"),
        (Endpoint("http", "shop.example", 443), "shop.example:443"),
        (Endpoint("https", "2606:4700::1", 443), "[2606:4700::1]"),
        (Endpoint("http", "2606:4700::1", 8080), "[2606:4700::1]:8080"),
    ],
)
def test_host(endpoint: Endpoint, host: str) -> None:
    assert host_header(endpoint) == host


@pytest.mark.parametrize(
    "method, body, framing",
    [
        (b"POST", b"abc", b"Content-Length: 3\r\n"),
        (b"POST", b"", b"Content-Length: 0\r\n"),
        (b"PUT", b"", b"Content-Length: 0\r\n"),
        (b"GET", b"", b""),
        (b"HEAD", b"", b""),
        (b"DELETE", b"", b""),
        (b"GET", b"q", b"Content-Length: 1\r\n"),
    ],
)
def test_framing(method: bytes, body: bytes, framing: bytes) -> None:
    wire = encode_request(Outgoing(method, ENDPOINT, b"/", [(b"a", b"b")], body))
    fixed = b" / HTTP/1.1\r\nHost: shop.example\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\n"
    assert wire == method + fixed + b"a: b\r\n" + framing + b"\r\n" + body


BAD = [
    pytest.param({"method": b"PO ST"}, id="blank in the method"),
    pytest.param({"method": b"POST\r\nX:"}, id="line end in the method"),
    pytest.param({"method": b""}, id="no method"),
    pytest.param({"method": b"CONNECT"}, id="CONNECT"),
    pytest.param({"target": b""}, id="no target"),
    pytest.param({"target": b"hook"}, id="relative target"),
    pytest.param({"target": b"/a b"}, id="blank in the target"),
    pytest.param({"target": b"/a\r\nX: y"}, id="line end in the target"),
    pytest.param({"target": b"/a\n"}, id="line feed behind the target"),
    pytest.param({"target": b"/\0"}, id="NUL in the target"),
    pytest.param({"target": b"/\xe4"}, id="not ASCII in the target"),
    pytest.param({"headers": [(b"a", b"b\r\nX: y")]}, id="line end in a value"),
    pytest.param({"headers": [(b"a", b"b\ny")]}, id="line feed in a value"),
    pytest.param({"headers": [(b"a", b"b\ry")]}, id="carriage return in a value"),
    pytest.param({"headers": [(b"a", b"b\r\n")]}, id="line end behind a value"),
    pytest.param({"headers": [(b"a", b"b\0")]}, id="NUL in a value"),
    pytest.param({"headers": [(b"a:", b"b")]}, id="colon in a name"),
    pytest.param({"headers": [(b"a b", b"c")]}, id="blank in a name"),
    pytest.param({"headers": [(b"a\r\n", b"c")]}, id="line end in a name"),
    pytest.param({"headers": [(b"a\n", b"c")]}, id="line feed in a name"),
    pytest.param({"headers": [(b"", b"c")]}, id="no name"),
    pytest.param({"endpoint": Endpoint("http", "a\r\nX: y", 80)}, id="line end in the host"),
    pytest.param({"endpoint": Endpoint("http", "", 80)}, id="no host"),
    pytest.param({"endpoint": Endpoint("ftp", "shop.example", 21)}, id="another scheme"),
    pytest.param({"endpoint": Endpoint("http", "shop.example", 65536)}, id="port out of range"),
    *(pytest.param({"headers": [(name.title(), b"x")]}, id=name.decode()) for name in sorted(OWNED_HEADERS)),
]


@pytest.mark.parametrize("wrong", BAD)
def test_injection_is_refused(wrong: dict[str, Any]) -> None:
    right = Outgoing(b"POST", ENDPOINT, b"/", [], b"x")
    encode_request(right)
    with pytest.raises(ValueError):
        encode_request(right._replace(**wrong))
