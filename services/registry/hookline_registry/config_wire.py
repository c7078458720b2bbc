"""Config items from stored values: what the other services of the installation see, secrets included.

What is stored of an item holds its secrets as they are kept; they are opened on their way out.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from hookline.registry.v1 import config_pb2

from hookline_registry import secret_headers, target_secrets, webhook_wire, wire
from hookline_registry.kinds import SOURCES
from hookline_registry.model import Account, Definition, Item, ItemKind, Key, ObjectType, Secrets, Subscription, Webhook
from hookline_registry.signing_secrets import place_of
from hookline_runtime.vault.envelope import Place, Unreadable
from hookline_runtime.vault.vault import Kept, Vault
from hookline_runtime.webhook.authentication_wire import authentication_of

_Body: TypeAlias = config_pb2.SubscriptionConfig | config_pb2.WebhookConfig
_Part: TypeAlias = _Body | config_pb2.SigningSecret | config_pb2.SecretHeader


def item(stored: Item, now: int) -> config_pb2.ConfigItem:
    """Show a stored value as the other services see it, but for its secrets, which are as they are kept."""
    kind, account_id, item_id = identity(stored)
    message = tombstone(kind, account_id, item_id, stored.revision)
    message.deleted = False
    match stored:
        case Account():
            message.account.CopyFrom(wire.account(stored))
        case Key():
            message.key.key.CopyFrom(wire.key(stored, with_use=False))
            message.key.secret_hash = stored.secret_hash
        case ObjectType():
            message.object_type.CopyFrom(wire.object_type(stored))
        case Subscription():
            message.subscription.subscription.CopyFrom(wire.subscription(stored, now))
            _hold(message.subscription, stored.secrets, now)
        case Webhook():
            message.webhook.webhook.CopyFrom(webhook_wire.webhook(stored, now))
            _hold(message.webhook, stored.secrets, now)
            message.webhook.names.extend(
                config_pb2.NamedPath(name=name, path=path, gone=name in stored.reading.gone)
                for name, path in stored.reading.names
            )
        case Definition():
            message.trigger.source = SOURCES.get(stored.kind) or str(stored.settings.body["kind"])
            message.trigger.name = stored.settings.name
            message.trigger.definition = json.dumps(stored.settings.resolved, ensure_ascii=False).encode()
    return message


def opened(message: config_pb2.ConfigItem, vault: Vault) -> config_pb2.ConfigItem:
    """Open the secrets of an item in place, and give it; one that cannot be opened stays, and is of no use."""
    for held in held_in(message):
        with suppress(Unreadable):
            held.put(vault.open(held.place, held.kept))
    return message


@dataclass(frozen=True, slots=True)
class Held:
    """A secret that an item holds: where it belongs, and the field of which part of the item it stands in."""

    place: Place
    part: _Part
    field: str

    @property
    def kept(self) -> Kept:
        """It, as it stands there."""
        return Kept(getattr(self.part, self.field))

    def put(self, text: str) -> None:
        """Put another text in its place."""
        setattr(self.part, self.field, text)


def held_in(message: config_pb2.ConfigItem) -> Iterator[Held]:
    """Give the secrets that an item holds."""
    match message.WhichOneof("body"):
        case "subscription":
            body: _Body = message.subscription
            authentication = message.subscription.subscription.authentication
        case "webhook":
            body = message.webhook
            authentication = message.webhook.webhook.authentication
        case _:
            return
    target = ItemKind(message.kind), message.account_id, message.id
    for secret in body.secrets:
        yield Held(place_of(*target), secret, "secret")
    for header in body.secret_headers:
        yield Held(secret_headers.place_of(*target, header.name), header, "value")
    if body.authentication_secret:
        place = target_secrets.authentication_place(target, authentication_of(authentication))
        yield Held(place, body, "authentication_secret")
    if body.client_private_key:
        yield Held(target_secrets.key_place(target), body, "client_private_key")


def tombstone(kind: ItemKind, account_id: int, item_id: int, revision: int) -> config_pb2.ConfigItem:
    """Say that something is gone."""
    return config_pb2.ConfigItem(
        kind=config_pb2.ConfigKind.ValueType(kind),
        account_id=account_id,
        id=item_id,
        revision=revision,
        deleted=True,
    )


def identity(stored: Item) -> tuple[ItemKind, int, int]:
    """Give kind, account and id of a stored value."""
    match stored:
        case Account():
            return ItemKind.ACCOUNT, stored.id, stored.id
        case Key():
            return ItemKind.KEY, stored.account_id, stored.id
        case ObjectType():
            return ItemKind.OBJECT_TYPE, stored.account_id, stored.id
        case Subscription():
            return ItemKind.SUBSCRIPTION, stored.account_id, stored.id
        case Webhook():
            return ItemKind.WEBHOOK, stored.account_id, stored.id
        case Definition():
            return stored.kind, stored.account_id, stored.id


def _secrets(secrets: Secrets, now: int) -> Iterable[config_pb2.SigningSecret]:
    yield config_pb2.SigningSecret(secret=secrets.current)
    if secrets.old is not None and secrets.old_expire_time is not None and secrets.old_expire_time > now:
        yield config_pb2.SigningSecret(secret=secrets.old, expire_time=wire.timestamp(secrets.old_expire_time))


def _hold(body: _Body, secrets: Secrets, now: int) -> None:
    body.secrets.extend(_secrets(secrets, now))
    body.secret_headers.extend(config_pb2.SecretHeader(name=name, value=value) for name, value in secrets.headers)
    if secrets.authentication is not None:
        body.authentication_secret = secrets.authentication.secret
    if secrets.tls is not None:
        body.client_private_key = secrets.tls.key
