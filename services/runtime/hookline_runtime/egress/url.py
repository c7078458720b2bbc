"""Reading the URL of a target, strictly: what two readers could understand differently is refused."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote

import idna

from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.egress.literal import read_literal

MAX_URL = 2_048
"""How many characters a URL has at most; the same bound as in ``hookline.registry.v1.Subscription``."""

DEFAULT_PORTS = {"http": 80, "https": 443}

# Written out, since what `str.isprintable` knows differs between Python versions.
_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f\\]"
)
_URL = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#]*)(?P<rest>[^#]*)(?:#.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?", re.DOTALL)
_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)\]")
_PORT = re.compile(r"[0-9]{1,5}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_HOST = 253
# Readers differ on a percent sign without two digits (WHATWG keeps it, some servers refuse the request), not on %25.
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What RFC 3986 allows in path and query, and the square brackets that form-like queries use bare.
_TARGET_SAFE = "/?%:@!$&'()*+,;=-._~[]"


class UrlRefused(ValueError):
    """The URL is not one that a request can be sent to; `fault` is fit for the customer and begins with "must"."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"the URL {fault}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """Where a URL leads and what its request line asks for."""

    endpoint: Endpoint
    target: bytes


def parse_url(url: str) -> ParsedUrl:
    """Read an absolute http or https URL; its fragment is dropped, characters beyond ASCII are percent-encoded.

    So is a `%` that begins no escape; escapes stay what they are.
    Raises UrlRefused.
    """
    if len(url) > MAX_URL:
        raise UrlRefused(f"must be no longer than {MAX_URL} characters")
    if _FORBIDDEN.search(url):
        raise UrlRefused("must hold no control characters, blanks, invisible characters or backslashes")
    match = _URL.fullmatch(url)
    if match is None or match["scheme"].lower() not in DEFAULT_PORTS:
        raise UrlRefused("must be an absolute http or https URL")
    return ParsedUrl(_endpoint(match["scheme"].lower(), match["authority"]), _target(match["rest"]))


def _endpoint(scheme: str, authority: str) -> Endpoint:
    if "@" in authority:
        raise UrlRefused("must hold no user info")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise UrlRefused("must have a host that is a name or an IP address, IPv6 between brackets")
    host, port = match["host"], match["port"]
    if not host:
        raise UrlRefused("must have a host")
    read_host = _ipv6 if host.startswith("[") else _name
    return Endpoint(scheme, read_host(host), _port(port) if port else DEFAULT_PORTS[scheme])


def _port(text: str) -> int:
    if not _PORT.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise UrlRefused("must have a port from 1 to 65535, or none")
    return int(text)


def _ipv6(text: str) -> str:
    match = _BRACKETED.fullmatch(text)
    try:
        return str(IPv6Address(match[1] if match else ""))
    except ValueError:
        raise UrlRefused("must have a valid IPv6 address between brackets") from None


def _name(text: str) -> str:
    host = (text.lower() if text.isascii() else _ascii(text)).removesuffix(".")
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise UrlRefused("must have a host name of letters, digits, hyphens and dots")
    try:
        literal = read_literal(host)
    except ValueError:
        raise UrlRefused("must have a valid IPv4 address, or a host name that does not end in a number") from None
    return host if literal is None else str(literal)  # one spelling, so that all later readers read the same


def _ascii(text: str) -> str:
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise UrlRefused("must have a host that is a valid international domain name") from None


def _target(rest: str) -> bytes:
    whole = _STRAY.sub("%25", rest)
    return quote(whole if whole.startswith("/") else "/" + whole, safe=_TARGET_SAFE).encode("ascii")
