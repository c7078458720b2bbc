"""The bytes of a request, HTTP/1.1 (RFC 9112).

What could end a line early never gets into a head: the callers have validated their input, so a violation is their bug
and raises.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from hookline_runtime.egress.url import DEFAULT_PORTS

from .model import Endpoint, Outgoing

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
_target_match = re.compile(rb"/[!-~]*").fullmatch
# Line ends in `_endpoint_lines`; between n lines stand n - 1 more, and the last line is an end itself.
_ENDS_BESIDE = 4
_MAX_CHECKED = 4_096
_BODILESS_METHODS = frozenset((b"GET", b"HEAD", b"DELETE", b"OPTIONS", b"TRACE"))


def host_header(endpoint: Endpoint) -> str:
    """Return the value of Host: the port only where it is not the scheme's own, an IPv6 literal in brackets."""
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    return host if endpoint.port == DEFAULT_PORTS.get(endpoint.scheme) else f"{host}:{endpoint.port}"


def encode_request(request: Outgoing) -> bytes:
    """Return head and body as they go on the wire.

    Raises ValueError where method, target or a header would break out of its place, or the sender owns the header.
    """
    method, body = request.method, request.body
    if _target_match(request.target) is None:
        raise ValueError("the target is not a path and query in ASCII")
    opening = _METHODS[method]
    lines = [_NAMES[name] + value for name, value in request.headers]
    if body or method not in _BODILESS_METHODS:
        lines.append(b"Content-Length: %d" % len(body))
    lines.append(b"\r\n")
    ends = len(lines) + _ENDS_BESIDE
    head = b"".join((opening, request.target, _endpoint_lines(request.endpoint), b"\r\n".join(lines)))
    if head.count(b"\n") != ends or head.count(b"\r") != ends or b"\0" in head:
        raise ValueError("a header value has a line end or a NUL")
    return head + body


@lru_cache(maxsize=8_192)
def _endpoint_lines(endpoint: Endpoint) -> bytes:
    if endpoint.scheme not in DEFAULT_PORTS or not 1 <= endpoint.port <= 65535:
        raise ValueError("the endpoint is not one of http or https")
    host = host_header(endpoint)
    if not endpoint.host or not host.isascii() or any(character <= " " for character in host):
        raise ValueError("the host of the endpoint is not an ASCII name")
    return f" HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\n".encode("ascii")


class _Checked(dict[bytes, bytes]):
    """What goes on the wire for a name that was checked once; forgets all when there are too many."""

    def __init__(self, check: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, name: bytes) -> bytes:
        checked = self._check(name)
        if len(self) >= _MAX_CHECKED:
            self.clear()
        self[name] = checked
        return checked


def _checked_method(method: bytes) -> bytes:
    if _TOKEN.fullmatch(method) is None or method == b"CONNECT":
        raise ValueError("the method is not one that can be sent")
    return method + b" "


def _checked_name(name: bytes) -> bytes:
    if _TOKEN.fullmatch(name) is None:
        raise ValueError("a header name is not a token")
    if name.lower() in OWNED_HEADERS:
        raise ValueError(f"the header is the sender's own: {name.decode('ascii')}")
    return name + b": "


_METHODS = _Checked(_checked_method)
_NAMES = _Checked(_checked_name)
