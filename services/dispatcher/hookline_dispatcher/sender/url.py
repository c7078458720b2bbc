"""Reading the URL of a target, strictly: what two readers could understand differently is refused."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote

import idna

from hookline_dispatcher.sender.literal import read_literal
from hookline_dispatcher.sender.model import Endpoint

MAX_URL = 8_192
DEFAULT_PORTS = {"http": 80, "https": 443}

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\uffff\\]")
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>[^#]*)(?:#.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>[0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# What RFC 3986 allows in path and query, and the square brackets that form-like queries use bare.
_TARGET_SAFE = "/?%:@!$&'()*+,;=-._~[]"


class UrlRefused(ValueError):
    """The URL is not one that a request can be sent to; the text is fit for the customer."""


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """Where a URL leads and what its request line asks for."""

    endpoint: Endpoint
    target: bytes


def parse_url(url: str) -> ParsedUrl:
    """Read an absolute http or https URL; its fragment is dropped, characters beyond ASCII are percent-encoded.

    Raises UrlRefused.
    """
    if not url:
        raise UrlRefused("the URL is empty")
    if len(url) > MAX_URL:
        raise UrlRefused(f"the URL is longer than {MAX_URL} characters")
    if _FORBIDDEN.search(url):
        raise UrlRefused("the URL has a blank, a control character or a backslash")
    match = _URL.fullmatch(url)
    if match is None:
        raise UrlRefused("the URL is not absolute")
    scheme = match["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        raise UrlRefused("the URL is neither http nor https")
    return ParsedUrl(_endpoint(scheme, match["authority"]), _target(match["rest"]))


def _endpoint(scheme: str, authority: str) -> Endpoint:
    if "@" in authority:
        raise UrlRefused("the URL has user info")
    if not authority:
        raise UrlRefused("the URL has no host")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise UrlRefused("the URL's host or port cannot be read")
    port = int(match["port"]) if match["port"] else DEFAULT_PORTS[scheme]
    if not 1 <= port <= 65535:
        raise UrlRefused("the URL's port is not from 1 to 65535")
    host = _ipv6(match["ipv6"]) if match["ipv6"] else _name(match["name"])
    return Endpoint(scheme, host, port)


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise UrlRefused("the URL's host is not an IPv6 address") from None


def _name(text: str) -> str:
    host = text.lower()
    if not host.isascii():
        try:
            host = idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            raise UrlRefused("the URL's host is not an internationalized domain name") from None
    host = host.removesuffix(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise UrlRefused("the URL's host is not a domain name")
    try:
        literal = read_literal(host)
    except ValueError:
        raise UrlRefused("the URL's host is neither a name nor an IP address") from None
    return host if literal is None else str(literal)  # one spelling, so that all later readers read the same


def _target(rest: str) -> bytes:
    target = rest if rest.startswith("/") else "/" + rest
    try:
        return quote(target, safe=_TARGET_SAFE).encode("ascii")
    except UnicodeEncodeError:
        raise UrlRefused("the URL has a character that is no character") from None
