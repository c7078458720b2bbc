"""What the URL of a subscription must be, as far as it can be told without asking the network.

Where a name resolves to is checked by the sender at every attempt.
"""

import re
from collections.abc import Iterator, Sequence

from hookline_runtime.addresses import AllowRule, literal_address, refusal

_URL = re.compile(r"(?i:(https?))://([^/?#]*)(?:[/?#].*)?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_HOST = 253
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("127.0.0.1", "::1")


def url_faults(url: str, allow: Sequence[AllowRule]) -> Iterator[str]:
    """Give the first thing that is wrong with a URL, or nothing; `allow` opens addresses that are not public."""
    if any(_is_foul(char) for char in url):
        yield "must hold no control characters, blanks or backslashes"
        return
    match = _URL.fullmatch(url)
    if match is None:
        yield "must be an absolute http or https URL"
        return
    scheme, authority = match[1].lower(), match[2]
    if "@" in authority:
        yield "must hold no user info"
        return
    try:
        host, port = _host_and_port(authority, _PORTS[scheme])
        _check_target(host, port, allow)
    except ValueError as error:
        yield str(error)


def _is_foul(char: str) -> bool:
    return char == "\\" or char.isspace() or not char.isprintable()


def _host_and_port(authority: str, default: int) -> tuple[str, int]:
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        host += bracket
        colon, port = rest[:1], rest[1:]
        if not bracket or (rest and colon != ":"):
            raise ValueError("must have an IPv6 address between the brackets of its host")
    else:
        host, colon, port = authority.partition(":")
    if not host:
        raise ValueError("must have a host")
    if not colon:
        return host, default
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise ValueError("must have a port from 1 to 65535, or none")
    return host, int(port)


def _check_target(host: str, port: int, allow: Sequence[AllowRule]) -> None:
    name = host if host.startswith("[") else _ascii(host)
    address = literal_address(name)
    if address is not None:
        reason = refusal(address, port, allow)
        if reason is not None:
            raise ValueError(f"must not lead to an address that is not public ({reason})")
        return
    bare = name.removesuffix(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        if all(refusal(literal, port, allow) for literal in map(literal_address, _LOOPBACK) if literal):
            raise ValueError("must not lead to this machine (localhost)")
        return
    if len(bare) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in bare.split(".")):
        raise ValueError("must have a host name of letters, digits, hyphens and dots")


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError("must have a host that is a valid international domain name") from None
