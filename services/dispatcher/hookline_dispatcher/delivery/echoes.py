"""What a receiver sends back of the secrets that it was shown: masked before anything is kept of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hookline_dispatcher.sender.model import Answered

from .headers import MASK, Header

LEAST = 8
"""What is shorter is found anywhere, and is no secret for long."""


def secrets_of(headers: Iterable[Header]) -> tuple[bytes, ...]:
    """What of secret headers is not to be kept, the longest first: values, and what stands in them behind a scheme."""
    return tuple(sorted((each for each in set(_values(headers)) if len(each) >= LEAST), key=len, reverse=True))


def without(secrets: Iterable[bytes], answer: Answered) -> Answered:
    """An answer with the secrets masked, in the form that they were sent in."""
    headers, body = answer.headers, answer.body
    for secret in secrets:
        headers = tuple((name, value.replace(secret, MASK)) for name, value in headers)
        body = body.replace(secret, MASK)
    return answer._replace(headers=headers, body=body)


def _values(headers: Iterable[Header]) -> Iterator[bytes]:
    for _, value in headers:
        yield value
        yield value.partition(b" ")[2]
