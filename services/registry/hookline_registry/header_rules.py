"""Which headers a caller may choose for requests, beyond the rules in the contract itself. Pure."""

import re
from collections.abc import Iterator, Sequence

from hookline_runtime.errors import Violation

_OWNED_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
    }
)
# The contract's own rule leaves these out; receivers take some of them for line ends.
_C1_CONTROL = re.compile(r"[\x80-\x9f]")


def header_violations(path: str, headers: Sequence[tuple[str, str]]) -> Iterator[Violation]:
    """Give what is wrong with headers, as names and values; `path` is that of their list."""
    seen: set[str] = set()
    for number, (name, value) in enumerate(headers):
        at, folded = f"{path}[{number}]", name.lower()
        if folded in _OWNED_HEADERS or folded.startswith("proxy-"):
            yield Violation(f"{at}.name", "is a header that only Hookline itself may set")
        elif folded in seen:
            yield Violation(f"{at}.name", "is the name of an earlier header, too (letter case does not count)")
        if _C1_CONTROL.search(value):
            yield Violation(f"{at}.value", "must hold no control characters")
        seen.add(folded)
