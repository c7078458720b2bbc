"""What is secret about a target, but for what signs, as callers ask for it: headers, authentication and TLS settings.

An answer shows all of it without what is secret; what comes back so keeps what is there.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from hookline.registry.v1 import subscription_pb2, webhook_pb2

from hookline_registry import asked_headers, secret_headers, target_secrets
from hookline_registry.config_wire import identity
from hookline_registry.database import Transaction
from hookline_registry.model import Secrets, Subscription, SubscriptionSettings, Webhook, WebhookSettings
from hookline_registry.requests import refuse
from hookline_registry.secret_headers import Stored
from hookline_registry.target_secrets import Given
from hookline_runtime.egress.policy import Policy
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.vault.envelope import Place, Unreadable
from hookline_runtime.vault.vault import Kept
from hookline_runtime.webhook.authentication import HEADER, authentication_flaws, same_holder
from hookline_runtime.webhook.authentication_wire import authentication_of, tls_of
from hookline_runtime.webhook.receiver_tls import KEY, tls_flaws
from hookline_runtime.webhook.refusals import WebhookFlaw

_Message = subscription_pb2.Subscription | webhook_pb2.Webhook
_Settings = SubscriptionSettings | WebhookSettings
_OTHER = "is required: none is kept for this user or client"
_LOST = "is required: the one that is kept cannot be read any more"


def chosen(transaction: Transaction, message: _Message, settings: _Settings, egress: Policy) -> Given:
    """Give what is secret about a target that is to be made.

    Raises InvalidArgument.
    """
    given = _given(message)
    flaws = _below(message, [*_authentication_flaws(given, egress), *_tls_flaws(given, transaction.now)])
    refuse([*_clashes(message, settings, given, ()), *flaws])
    return given


def changed(
    transaction: Transaction,
    current: Subscription | Webhook,
    message: _Message,
    settings: _Settings,
    paths: Collection[str],
    egress: Policy,
) -> Secrets:
    """Give the secrets of a target after an update, which has them all; what it does not name stays as it is.

    Raises InvalidArgument.
    """
    before, target, vault, given = current.secrets, identity(current), transaction.vault, _given(message)
    found = list(_clashes(message, settings, given, before.headers))
    if "authentication" in paths:
        given = _with_kept_secret(transaction, current, message, given)
        found += _below(message, _authentication_flaws(given, egress))
    if "tls" in paths:
        given = _with_kept_key(transaction, current, message, given)
        found += _below(message, _tls_flaws(given, transaction.now))
    refuse(found)
    changes = replace(before, headers=secret_headers.sealed(vault, target, given.headers, before.headers))
    if "authentication" in paths:
        opened = given.authentication
        changes = replace(
            changes, authentication=opened and target_secrets.sealed_authentication(vault, target, opened)
        )
    if "tls" in paths:
        changes = replace(changes, tls=given.tls and target_secrets.sealed_tls(vault, target, given.tls))
    return changes


def _given(message: _Message) -> Given:
    tls = tls_of(message.tls)
    return Given(
        asked_headers.written(message.secret_headers),
        authentication_of(message.authentication) if message.HasField("authentication") else None,
        tls if tls.size else None,
    )


def _clashes(message: _Message, settings: _Settings, given: Given, before: Stored) -> Iterator[Violation]:
    """Give what does not go together, whatever of it is new."""
    noun = _noun(message)
    yield from asked_headers.violations(noun, given.headers, before, settings.headers)
    if given.authentication is not None:
        for field, headers in {"headers": settings.headers, "secret_headers": given.headers}.items():
            for number, (name, _) in enumerate(headers):
                if name.lower() == HEADER.lower():
                    yield Violation(f"{noun}.{field}[{number}].name", "is the header that authentication sets")
    if given.tls is not None and not settings.url.lower().startswith("https://"):
        yield Violation(f"{noun}.tls", "is for an https URL only")


def _authentication_flaws(given: Given, egress: Policy) -> Iterator[WebhookFlaw]:
    if given.authentication is not None:
        if not given.authentication.secret:
            yield WebhookFlaw(given.authentication.secret_path, _OTHER)
        yield from authentication_flaws(given.authentication.method, egress)


def _tls_flaws(given: Given, now: int) -> Iterator[WebhookFlaw]:
    return tls_flaws(given.tls, now) if given.tls is not None else iter(())


def _with_kept_secret(
    transaction: Transaction, current: Subscription | Webhook, message: _Message, given: Given
) -> Given:
    wanted, kept = given.authentication, current.secrets.authentication
    if wanted is None or wanted.secret or kept is None or not same_holder(wanted.method, kept.method):
        return given
    place = target_secrets.authentication_place(identity(current), kept)
    opened = _opened(transaction, place, kept.secret, message, kept.secret_path)
    return replace(given, authentication=replace(wanted, secret=opened))


def _with_kept_key(transaction: Transaction, current: Subscription | Webhook, message: _Message, given: Given) -> Given:
    wanted, kept = given.tls, current.secrets.tls
    if wanted is None or wanted.key or not wanted.certificate or kept is None or not kept.key:
        return given
    opened = _opened(transaction, target_secrets.key_place(identity(current)), kept.key, message, KEY)
    return replace(given, tls=replace(wanted, key=opened))


def _opened(transaction: Transaction, place: Place, kept: str, message: _Message, path: str) -> str:
    try:
        return transaction.vault.open(place, Kept(kept))
    except Unreadable:
        raise InvalidArgument(Violation(f"{_noun(message)}.{path}", _LOST)) from None


def _below(message: _Message, flaws: Iterable[WebhookFlaw]) -> list[Violation]:
    return [Violation(f"{_noun(message)}.{flaw.path}", flaw.reason) for flaw in flaws]


def _noun(message: _Message) -> str:
    return "subscription" if isinstance(message, subscription_pb2.Subscription) else "webhook"
