"""Signing secrets as callers ask for them: one of their own or a new one, and a rotation to it."""

from google.protobuf.duration_pb2 import Duration

from hookline_registry.config_wire import identity
from hookline_registry.database import Transaction
from hookline_registry.model import Secrets, Subscription, Webhook
from hookline_registry.signing_secrets import DEFAULT_OVERLAP, FORM, is_secret, new_secret, place_of, rotated
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.times import span_of
from hookline_runtime.vault.envelope import Unreadable


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


def rotation(
    transaction: Transaction, current: Subscription | Webhook, given: str, overlap: int
) -> tuple[str, Secrets]:
    """Give the secret that a caller gave, or a new one, and the secrets of a target after a rotation to it.

    Raises InvalidArgument, also where it is the current one.
    """
    secret = chosen(given)
    place = place_of(*identity(current))
    kept = transaction.vault.seal(place, secret)
    try:
        if secret == transaction.vault.open(place, current.secrets.current):
            raise InvalidArgument(Violation("signing_secret", "must differ from the current one"))
    except Unreadable:  # it signs nothing any more, and would keep the new one from it
        return secret, Secrets(kept)
    return secret, rotated(current.secrets, kept, transaction.now, overlap)
