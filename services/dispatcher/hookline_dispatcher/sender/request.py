"""The bytes of a request, HTTP/1.1 (RFC 9112).

What could end a line early never gets into a head: the callers have validated their input, so a violation is their bug
and raises.
"""

import re
from functools import lru_cache

from hookline_dispatcher.sender.model import Endpoint, Outgoing
from hookline_dispatcher.sender.url import DEFAULT_PORTS

# The connection's own business: framing, host and what goes with one hop only.
OWNED_HEADERS = frozenset(
    (
        b"host",
        b"content-length",
        b"connection",
        b"accept-encoding",
        b"transfer-encoding",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"upgrade",
        b"expect",
    )
)

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"/[!-~]*")
# Line ends of the request line, the three lines of `_endpoint_lines`, and the empty line.
_FIXED_LINES = 5
_BODILESS_METHODS = frozenset((b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"TRACE"))


def host_header(endpoint: Endpoint) -> str:
    """Return the value of Host: the port only where it is not the scheme's own, an IPv6 literal in brackets."""
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    return host if endpoint.port == DEFAULT_PORTS.get(endpoint.scheme) else f"{host}:{endpoint.port}"


def encode_request(request: Outgoing) -> bytes:
    """Return head and body as they go on the wire.

    Raises ValueError where method, target or a header would break out of its place, or the sender owns the header.
    """
    method, target, body = request.method, request.target, request.body
    _check_method(method)
    if _TARGET.fullmatch(target) is None:
        raise ValueError("the target is not a path and query in ASCII")
    parts = [method, b" ", target, _endpoint_lines(request.endpoint)]
    lines = _FIXED_LINES
    for name, value in request.headers:
        parts += (_name_and_colon(name), value, b"\r\n")
        lines += 1
    if body or method not in _BODILESS_METHODS:
        parts.append(b"Content-Length: %d\r\n" % len(body))
        lines += 1
    parts.append(b"\r\n")
    head = b"".join(parts)
    if head.count(b"\n") != lines or head.count(b"\r") != lines or b"\0" in head:
        raise ValueError("a header value has a line end or a NUL")
    return head + body


@lru_cache(maxsize=8_192)
def _endpoint_lines(endpoint: Endpoint) -> bytes:
    host = host_header(endpoint)
    if not host.isascii() or any(character <= " " for character in host):
        raise ValueError("the host of the endpoint is not an ASCII name")
    return f" HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\n".encode("ascii")


@lru_cache(maxsize=64)
def _check_method(method: bytes) -> None:
    if _TOKEN.fullmatch(method) is None or method == b"CONNECT":
        raise ValueError("the method is not one that can be sent")


@lru_cache(maxsize=4_096)
def _name_and_colon(name: bytes) -> bytes:
    if _TOKEN.fullmatch(name) is None:
        raise ValueError("a header name is not a token")
    if name.lower() in OWNED_HEADERS:
        raise ValueError(f"the header is the sender's own: {name.decode('ascii')}")
    return name + b": "
