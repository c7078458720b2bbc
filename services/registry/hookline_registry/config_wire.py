"""Config items from stored values: what the other services of the installation see, secrets included.

What is stored of an item holds its secrets as they are kept; they are opened on their way out.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress

from hookline.registry.v1 import config_pb2

from hookline_registry import webhook_wire, wire
from hookline_registry.kinds import SOURCES
from hookline_registry.model import Account, Definition, Item, ItemKind, Key, ObjectType, Secrets, Subscription, Webhook
from hookline_registry.signing_secrets import place_of
from hookline_runtime.vault.envelope import Place, Unreadable
from hookline_runtime.vault.vault import Kept, Vault


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
            message.subscription.secrets.extend(_secrets(stored.secrets, now))
        case Webhook():
            message.webhook.webhook.CopyFrom(webhook_wire.webhook(stored, now))
            message.webhook.secrets.extend(_secrets(stored.secrets, now))
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
    """Open the secrets of an item in place, and give it; one that cannot be opened stays, and signs nothing."""
    for each in secrets_of(message):
        with suppress(Unreadable):
            each.secret = vault.open(place_in(message), Kept(each.secret))
    return message


def secrets_of(message: config_pb2.ConfigItem) -> Sequence[config_pb2.SigningSecret]:
    """Give the secrets that an item holds."""
    match message.WhichOneof("body"):
        case "subscription":
            return message.subscription.secrets
        case "webhook":
            return message.webhook.secrets
        case _:
            return ()


def place_in(message: config_pb2.ConfigItem) -> Place:
    """Say where the secrets of an item belong."""
    return place_of(ItemKind(message.kind), message.account_id, message.id)


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
