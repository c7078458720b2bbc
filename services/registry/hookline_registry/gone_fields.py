"""Merge fields whose field was deleted after their webhook was saved: that is not refused, and the webhook says so.

What is noted goes to the dispatcher as a new revision of the webhook, so that each attempt can say whether the field
was gone when its delivery was fired. A field that comes back is noted, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hookline_registry import object_types, webhooks
from hookline_registry.database import Transaction
from hookline_registry.model import Field, ObjectTypeSettings, Reading
from hookline_registry.standard_types import RELATION

_ID = "id"
"""The end of a path that every object has."""
_NOWHERE = -1
"""Where a field leads that is no relation."""


async def note(transaction: Transaction, account_id: int) -> None:
    """Look at all webhooks of an account whose object types have changed in this transaction."""
    types = await object_types.settings_of_all(transaction.connection, account_id)
    for webhook_id, object_type_id, reading in await webhooks.readings(transaction.connection, account_id):
        gone = gone_in(reading, object_type_id, types)
        if gone != reading.gone:
            current = await webhooks.get(transaction.connection, account_id, webhook_id)
            await webhooks.change(transaction, current, reading=replace(reading, gone=gone))


def changes_names(before: Sequence[Field], after: Sequence[Field]) -> bool:
    """Say whether paths of merge fields may lead elsewhere, or nowhere, after a change of a type's fields."""
    return _led(before) != _led(after)


def gone_in(reading: Reading, object_type_id: int, types: Mapping[int, ObjectTypeSettings]) -> tuple[str, ...]:
    """Give the names of a webhook about a type of object whose paths lead nowhere any more."""
    related: dict[int, Mapping[str, int]] = {type_id: _led(each.fields) for type_id, each in types.items()}
    return tuple(name for name, path in reading.names if not _leads(path, object_type_id, related))


def _led(fields: Sequence[Field]) -> dict[str, int]:
    return {field.key: field.related_object_type_id if field.kind == RELATION else _NOWHERE for field in fields}


def _leads(path: Sequence[str], object_type_id: int, related: Mapping[int, Mapping[str, int]]) -> bool:
    *way, last = path
    for key in way:
        object_type_id = related.get(object_type_id, {}).get(key, _NOWHERE)
    return object_type_id in related and (last == _ID or last in related[object_type_id])
