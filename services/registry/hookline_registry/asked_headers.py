"""Secret headers as callers ask for them.

An answer shows their names with empty values; what comes back so keeps the value that is there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hookline.registry.v1 import subscription_pb2

from hookline_registry.config_wire import identity
from hookline_registry.database import Transaction
from hookline_registry.model import Secrets, Subscription, SubscriptionSettings, Webhook, WebhookSettings
from hookline_registry.requests import refuse
from hookline_registry.secret_headers import Stored, Written, sealed
from hookline_runtime.errors import Violation
from hookline_runtime.webhook.headers import header_flaws

Given = Iterable[subscription_pb2.Header]


def chosen(field: str, message: Given, settings: SubscriptionSettings | WebhookSettings) -> Written:
    """Give the secret headers of a target that is to be made; `field` is its name in the request.

    Raises InvalidArgument.
    """
    given = _written(message)
    refuse(_violations(field, given, (), settings.headers))
    return given


def changed(
    transaction: Transaction,
    field: str,
    current: Subscription | Webhook,
    message: Given,
    settings: SubscriptionSettings | WebhookSettings,
) -> Secrets:
    """Give the secrets of a target with the headers of an update, which has them all.

    Raises InvalidArgument.
    """
    given, before = _written(message), current.secrets.headers
    refuse(_violations(field, given, before, settings.headers))
    return replace(current.secrets, headers=sealed(transaction.vault, identity(current), given, before))


def _written(message: Given) -> Written:
    return [(header.name, header.value) for header in message]


def _violations(field: str, given: Written, before: Stored, headers: Written) -> Iterator[Violation]:
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
