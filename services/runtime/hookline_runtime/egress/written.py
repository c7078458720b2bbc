"""What a URL that is saved must be, as far as it can be told without asking the network.

The rules are those of the sender, see `hookline_runtime.egress`; where a name leads is checked there at every attempt.
"""

from collections.abc import Iterator

from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.egress.policy import Policy
from hookline_runtime.egress.url import UrlRefused, parse_url


def url_faults(url: str, egress: Policy) -> Iterator[str]:
    """Give the first thing that is wrong with a URL, or nothing."""
    try:
        endpoint = parse_url(url).endpoint
    except UrlRefused as refused:
        yield refused.fault
        return
    yield from endpoint_faults(endpoint, egress)


def endpoint_faults(endpoint: Endpoint, egress: Policy) -> Iterator[str]:
    """Give why nothing may be sent to `endpoint`, or nothing."""
    refused = egress.endpoint_refusal(endpoint)
    if refused is not None:
        yield refused.fault
