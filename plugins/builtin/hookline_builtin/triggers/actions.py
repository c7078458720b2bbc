"""Actions: the webhooks that a definition fires, in order."""

from collections.abc import Mapping, Sequence

from hookline_builtin.triggers.definition import Reading
from hookline_plugin.encoder import Payload

MAX_ACTIONS = 20
MAX_ID = 2**63 - 1


def read_actions(reading: Reading, owner: Payload, key: str, least: int = 0) -> Sequence[int]:
    """Read the ids of the webhooks under a key; what is none, or stands there twice, is noted; 0 holds its place."""
    found: list[int] = []
    for path, item in reading.items(owner, key, key, least, MAX_ACTIONS):
        webhook_id = reading.integer(item, "webhook_id", f"{path}.webhook_id", 1, MAX_ID)
        if webhook_id and webhook_id in found:
            reading.flaw(f"{path}.webhook_id", f"is the same as {key}[{found.index(webhook_id)}].webhook_id")
        found.append(webhook_id)
    return found


def check_actions(
    reading: Reading, webhook_ids: Sequence[int], key: str, object_type_id: int, webhooks: Mapping[int, int]
) -> None:
    """Note webhooks that the account does not have, and those about another type of object."""
    for index, webhook_id in enumerate(webhook_ids):
        about = webhooks.get(webhook_id)
        if not webhook_id or about == object_type_id:
            continue
        reading.flaw(
            f"{key}[{index}].webhook_id",
            f"there is no webhook {webhook_id}"
            if about is None
            else f"webhook {webhook_id} is about objects of type {about}, not {object_type_id}",
        )


def ids_in(owner: Payload, *keys: str) -> Sequence[int]:
    """Give the ids of the webhooks under the keys, each once; what cannot be read is left out."""
    reading = Reading()
    return list(dict.fromkeys(found for key in keys for found in read_actions(reading, owner, key) if found))
