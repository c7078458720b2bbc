"""IP addresses in place of a name, in every spelling that a resolver would take.

``getaddrinfo`` reads ``127.1``, ``0x7f000001``, ``017700000001`` and ``2130706433`` as 127.0.0.1, so a check of the
written form has to read them too (WHATWG URL, "IPv4 parser").
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from hookline_runtime.egress.addresses import Address

_HEXADECIMAL = re.compile(r"0x[0-9a-f]*")
_OCTAL = re.compile(r"0[0-7]*")
_DECIMAL = re.compile(r"[1-9][0-9]*")


def read_literal(host: str) -> Address | None:
    """Return the address that `host` spells, None where it is a name.

    Raises ValueError where it is neither: a last label that is a number makes a host an IPv4 address or nothing.
    """
    host = host.lower()
    if ":" in host:
        return IPv6Address(host)
    labels = host.removesuffix(".").split(".")
    if not (_HEXADECIMAL.fullmatch(labels[-1]) or (labels[-1].isascii() and labels[-1].isdigit())):
        return None
    if len(labels) > 4:
        raise AddressValueError("an IPv4 address has at most four parts")
    *leading, last = (_part(label) for label in labels)
    if any(part > 255 for part in leading) or last >= 256 ** (4 - len(leading)):
        raise AddressValueError("a part of the IPv4 address is too large")
    return IPv4Address(sum(part << (24 - 8 * place) for place, part in enumerate(leading)) + last)


def _part(label: str) -> int:
    if len(label) <= 32:  # longer ones have no business here, and reading them costs time
        if _HEXADECIMAL.fullmatch(label):
            return int(label[2:] or "0", 16)
        if _OCTAL.fullmatch(label):
            return int(label, 8)
        if _DECIMAL.fullmatch(label):
            return int(label)
    raise AddressValueError("a part of the IPv4 address is not a number")
