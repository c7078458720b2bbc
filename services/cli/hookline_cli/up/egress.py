"""What deliveries may reach though it is not public: what the operator opened, and the gateway's request bins."""

import socket
from collections.abc import Mapping
from ipaddress import ip_address

from hookline_cli.address import Address

BIN = "HOOKLINE_GATEWAY_BIN"
ALLOW = "HOOKLINE_EGRESS_ALLOW"
ON = frozenset({"1", "on", "t", "true", "y", "yes"})  # as the gateway reads it


def with_bins(environment: Mapping[str, str], http: Address) -> dict[str, str]:
    """The environment of all services: with bins unless it says otherwise, and their one address and port opened."""
    wanted = environment.get(BIN, "true")
    if wanted.strip().lower() not in ON:
        return dict(environment)
    opened = [environment.get(ALLOW, "").strip(), rule_for(http)]
    return {**environment, BIN: wanted, ALLOW: ",".join(filter(None, opened))}


def rule_for(http: Address) -> str:
    """The rule that opens exactly where the gateway is reached on this machine; empty where there is no such rule."""
    host = http.reachable().host
    try:
        # The first one, which is where the gateway listens as well.
        found = socket.getaddrinfo(host, http.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][4][0]
        address = ip_address(str(found).partition("%")[0])
    except (OSError, UnicodeError, ValueError):  # the gateway will say so
        return ""
    return f"{address}/32:{http.port}" if address.version == 4 else f"[{address}/128]:{http.port}"
