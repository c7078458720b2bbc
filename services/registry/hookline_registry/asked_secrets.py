"""Signing secrets as callers ask for them: one of their own or a new one, and a rotation to it."""

from google.protobuf.duration_pb2 import Duration

from hookline_registry.model import Secrets
from hookline_registry.signing_secrets import DEFAULT_OVERLAP, FORM, is_secret, new_secret, rotated
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.times import span_of


def flaws(given: str) -> list[Violation]:
    """Give what is wrong with a secret that a caller gave; an empty one asks for a new one."""
    return [Violation("signing_secret", FORM)] if given and not is_secret(given) else []


def chosen(given: str) -> str:
    """Give the secret that a caller gave, or a new one.

    Raises InvalidArgument.
    """
    if found := flaws(given):
        raise InvalidArgument(*found)
    return given or new_secret()


def overlap_of(asked: Duration | None) -> int:
    """Give how long the secret before is to sign, in microseconds.

    Raises InvalidArgument for what is no span of time.
    """
    return DEFAULT_OVERLAP if asked is None else span_of("overlap", asked)


def rotation(current: Secrets, given: str, now: int, overlap: int) -> Secrets:
    """Give the secrets after a rotation to the one that a caller gave, or to a new one.

    Raises InvalidArgument, also where it is the current one.
    """
    secret = chosen(given)
    if secret == current.current:
        raise InvalidArgument(Violation("signing_secret", "must differ from the current one"))
    return rotated(current, secret, now, overlap)
