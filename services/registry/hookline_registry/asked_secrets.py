"""Signing secrets as callers ask for them: one of their own or a new one, of either form, and a rotation to it."""

from google.protobuf.duration_pb2 import Duration
from hookline.registry.v1 import subscription_pb2

from hookline_registry.config_wire import identity
from hookline_registry.database import Transaction
from hookline_registry.model import Secrets, Subscription, Webhook
from hookline_registry.signing_secrets import (
    DEFAULT_OVERLAP,
    FORM,
    is_secret,
    new_secret,
    place_of,
    public_key_of,
    rotated,
)
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.times import span_of
from hookline_runtime.vault.envelope import Unreadable

UNSPECIFIED = subscription_pb2.SIGNATURE_SCHEME_UNSPECIFIED
ED25519 = subscription_pb2.SIGNATURE_SCHEME_ED25519


def flaws(given: str, scheme: int = UNSPECIFIED) -> list[Violation]:
    """Give what is wrong with a secret that a caller gave; an empty one asks for a new one."""
    if not given:
        return []
    if not is_secret(given):
        return [Violation("signing_secret", FORM)]
    if scheme != UNSPECIFIED and (scheme == ED25519) != bool(public_key_of(given)):
        return [Violation("signature", "must be that of the signing secret, or left out")]
    return []


def chosen(given: str, scheme: int = UNSPECIFIED) -> str:
    """Give the secret that a caller gave, or a new one.

    Raises InvalidArgument.
    """
    if found := flaws(given, scheme):
        raise InvalidArgument(*found)
    return given or new_secret(pair=scheme == ED25519)


def shown(secret: str) -> str:
    """Give a secret as its receiver is shown it: nothing of a private key, whose public key is the receiver's."""
    return "" if public_key_of(secret) else secret


def overlap_of(asked: Duration | None) -> int:
    """Give how long the secret before is to sign, in microseconds.

    Raises InvalidArgument for what is no span of time.
    """
    return DEFAULT_OVERLAP if asked is None else span_of("overlap", asked)


def rotation(
    transaction: Transaction, current: Subscription | Webhook, given: str, scheme: int, overlap: int
) -> tuple[str, Secrets]:
    """Give the secret that a caller gave, or a new one, and the secrets of a target after a rotation to it.

    Raises InvalidArgument, also where it is the current one.
    """
    if scheme == UNSPECIFIED and not given and current.secrets.public_key:
        scheme = ED25519
    secret = chosen(given, scheme)
    public_key = public_key_of(secret)
    place = place_of(*identity(current))
    kept = transaction.vault.seal(place, secret)
    try:
        if secret == transaction.vault.open(place, current.secrets.current):
            raise InvalidArgument(Violation("signing_secret", "must differ from the current one"))
    except Unreadable:  # it signs nothing any more, and would keep the new one from it
        return secret, rotated(current.secrets, kept, public_key, transaction.now, 0)
    return secret, rotated(current.secrets, kept, public_key, transaction.now, overlap)
