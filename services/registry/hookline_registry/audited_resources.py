"""What an RPC of the registry is about, and that as JSON without secrets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from google.protobuf.message import Message

from hookline_registry import (
    accounts,
    campaign_wire,
    campaigns,
    definition_wire,
    definitions,
    keys,
    object_types,
    subscriptions,
    trigger_wire,
    webhook_wire,
    webhooks,
    wire,
)
from hookline_registry.database import Transaction
from hookline_registry.definitions import Place
from hookline_registry.model import ItemKind
from hookline_runtime.calls import Call
from hookline_runtime.errors import NotFound
from hookline_runtime.masking import masked_json

Read = Callable[[Transaction, int, int], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of an account; account 0 stands for the installation, id 0 for what is yet to be made."""

    noun: str
    account_id: int
    id: int

    def __str__(self) -> str:
        return f"{self.noun}/{self.id}"


def resource_of(call: Call, answer: Message | None = None) -> Resource:
    """Give what a call is about; what it makes is known by its answer."""
    *_, service, method = call.method.split(".")
    noun = "key" if method.endswith("Key") else _snake(service.removesuffix("Service"))
    account_id = call.principal.account_id or getattr(call.request, "account_id", 0)
    if noun == "account" and method.startswith("Delete"):
        return Resource(noun, account_id, account_id)
    item_id = getattr(call.request, "id", 0) or _inner_id(call.request) or (_inner_id(answer) if answer else 0)
    return Resource(noun, item_id if noun == "account" else account_id, item_id)


async def shown(transaction: Transaction, resource: Resource) -> bytes:
    """Give a resource as it stands in the transaction; nothing, where there is none."""
    read = _READ.get(resource.noun)
    if read is None or not resource.id:
        return b""
    try:
        return masked_json(await read(transaction, resource.account_id, resource.id))
    except NotFound:
        return b""


def _inner_id(message: Message) -> int:
    for field, value in message.ListFields():
        if field.message_type is not None and not field.is_repeated and "id" in field.message_type.fields_by_name:
            return int(value.id)
    return 0


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")


async def _account(transaction: Transaction, _: int, item_id: int) -> Message:
    return wire.account(await accounts.get(transaction.connection, item_id))


async def _key(transaction: Transaction, account_id: int, item_id: int) -> Message:
    return wire.key(await keys.get(transaction.connection, account_id, item_id), with_use=False)


async def _object_type(transaction: Transaction, account_id: int, item_id: int) -> Message:
    return wire.object_type(await object_types.get(transaction.connection, account_id, item_id))


async def _subscription(transaction: Transaction, account_id: int, item_id: int) -> Message:
    stored = await subscriptions.get(transaction.connection, account_id, item_id)
    return wire.subscription(stored, transaction.now)


async def _webhook(transaction: Transaction, account_id: int, item_id: int) -> Message:
    stored = await webhooks.get(transaction.connection, account_id, item_id)
    return webhook_wire.webhook(stored, transaction.now)


async def _rule(transaction: Transaction, account_id: int, item_id: int) -> Message:
    place = Place(account_id, ItemKind.GLOBAL_RULE)
    return definition_wire.global_rule(await definitions.get(transaction.connection, place, item_id), {})


async def _form(transaction: Transaction, account_id: int, item_id: int) -> Message:
    place = Place(account_id, ItemKind.FORM)
    return definition_wire.form(await definitions.get(transaction.connection, place, item_id))


async def _campaign(transaction: Transaction, account_id: int, item_id: int) -> Message:
    return campaign_wire.working(await campaigns.get(transaction.connection, account_id, item_id))


async def _trigger(transaction: Transaction, account_id: int, item_id: int) -> Message:
    place = Place(account_id, ItemKind.TRIGGER)
    return trigger_wire.trigger(await definitions.get(transaction.connection, place, item_id))


_READ: dict[str, Read] = {
    "account": _account,
    "key": _key,
    "object_type": _object_type,
    "subscription": _subscription,
    "webhook": _webhook,
    "global_rule": _rule,
    "form": _form,
    "campaign": _campaign,
    "trigger": _trigger,
}
