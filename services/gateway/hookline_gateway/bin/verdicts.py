"""What a bin says of a request's signature."""

from __future__ import annotations

from hookline_gateway.bin.model import Arrival, Verdict
from hookline_runtime.signature_check import Check, key_of


def check_of(headers: dict[str, str], secret: str) -> Check:
    """A check of a request that begins to come; an empty secret checks nothing."""
    return Check(headers, [key_of(secret)] if secret else [])


def verdict_of(check: Check, secret: str, *, complete: bool) -> Verdict:
    """What came of it; ``complete`` says whether all of the body was fed."""
    if not check.signed:
        return "none"
    if not secret:
        return "no_secret"
    if not complete:
        return "unchecked"
    return "verified" if check.matches() else "wrong"


def rejudged(arrival: Arrival, secret: str) -> Verdict:
    """What a request that is kept says by another secret; what is kept in part only cannot be checked again."""
    if arrival.verdict == "none":
        return "none"
    check = check_of(dict(reversed(arrival.headers)), secret)
    check.feed(arrival.body)
    return verdict_of(check, secret, complete=arrival.complete and not {"body", "headers"} & set(arrival.cut))
