"""What a URL that is saved must be, as far as it can be told without asking the network.

The rules are those of the sender, see `hookline_runtime.egress`; where a name leads is checked there at every attempt.
"""

from collections.abc import Iterator, Sequence

from hookline_runtime.egress.allow import NOT_PUBLIC, AllowRule
from hookline_runtime.egress.endpoint import endpoint_refusal
from hookline_runtime.egress.url import UrlRefused, parse_url


def url_faults(url: str, allow: Sequence[AllowRule]) -> Iterator[str]:
    """Give the first thing that is wrong with a URL, or nothing; `allow` opens addresses that are not public."""
    try:
        endpoint = parse_url(url).endpoint
    except UrlRefused as refused:
        yield refused.fault
        return
    if endpoint_refusal(endpoint, allow) is not None:
        yield NOT_PUBLIC
