"""Secret headers as callers ask for them.

An answer shows their names with empty values; what comes back so keeps the value that is there.
"""

from collections.abc import Iterable, Iterator

from hookline.registry.v1 import subscription_pb2

from hookline_registry.secret_headers import Stored, Written
from hookline_runtime.errors import Violation
from hookline_runtime.webhook.headers import header_flaws

Given = Iterable[subscription_pb2.Header]


def written(message: Given) -> Written:
    """Give the headers of a request as they are written."""
    return [(header.name, header.value) for header in message]


def violations(field: str, given: Written, before: Stored, headers: Written) -> Iterator[Violation]:
    """Give what is wrong with them; `before` are those that are kept, `headers` the target's others."""
    known, others = {name.lower() for name, _ in before}, {name.lower() for name, _ in headers}
    for flaw in header_flaws(given):
        yield Violation(f"{field}.secret_{flaw.path}", flaw.reason)
    for number, (name, value) in enumerate(given):
        at = f"{field}.secret_headers[{number}]"
        if not value and name.lower() not in known:
            yield Violation(f"{at}.value", "is required: nothing is kept under this name")
        if name.lower() in others:
            yield Violation(f"{at}.name", "is the name of one of the other headers, too")
