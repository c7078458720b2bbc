"""The fields of the records that this API shows, and what ``meta`` says of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record; ``type`` is in the original's words.

    What is ``bulky`` is shown, but nothing is chosen or sorted by it: all of it would have to be rendered again.
    """

    name: str
    alias: str
    type: str = "text"
    required: bool = False
    bulky: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.type in ("numeric", "timestamp")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record; ``newest_first`` says how lists stand where nothing else is asked for.

    The original documents no number for the two types of object; these stand for nothing else there.
    """

    name: str
    object_type_id: int
    fields: tuple[Field, ...]
    searched: tuple[str, ...]
    newest_first: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, in their order."""
        return tuple(field.name for field in self.fields)

    @property
    def chosen_by(self) -> tuple[str, ...]:
        """The names of those that conditions and orders may ask for."""
        return tuple(field.name for field in self.fields if not field.bulky)

    def field(self, name: str) -> Field:
        """A field that is known to be there."""
        return next(field for field in self.fields if field.name == name)

    def meta(self) -> dict[str, Any]:
        """What ``meta`` answers: the kind under the number of its type, with its fields."""
        fields = {
            field.name: {
                "alias": field.alias,
                "type": field.type,
                "required": "1" if field.required else "0",
                "unique": "1" if field.name == "id" else "0",
                "editable": "0",
                "deletable": "0",
            }
            for field in self.fields
        }
        return {str(self.object_type_id): {"name": self.name, "fields": fields}}


WEBHOOK = Kind(
    "Webhook",
    145,
    (
        Field("id", "ID", "numeric"),
        Field("event", "Event", required=True),
        Field("data", "Data"),
        Field("url", "URL", "url", required=True),
        Field("last_hook", "Last Hook", "timestamp"),
        Field("last_code", "Last Code", "numeric"),
        Field("last_payload", "Last Payload"),
    ),
    searched=("event", "data", "url"),
)

WEBHOOK_LOG = Kind(
    "WebhookLog",
    147,
    (
        Field("id", "ID", "numeric"),
        Field("webhook_id", "Webhook", "numeric"),
        Field("webhook_type", "Webhook Type"),
        Field("event", "Event"),
        Field("object_type_id", "Object Type", "numeric"),
        Field("object_id", "Object"),
        Field("date", "Date", "timestamp"),
        Field("method", "Method"),
        Field("url", "URL", "url"),
        Field("payload", "Payload", bulky=True),
        Field("code", "Response Code", "numeric"),
        Field("response", "Response", bulky=True),
        Field("outcome", "Outcome"),
        Field("reason", "Reason"),
        Field("attempt", "Attempt", "numeric"),
        Field("delivery_id", "Delivery", "numeric"),
    ),
    searched=("event", "object_id", "url", "outcome", "reason"),
    newest_first=True,
)
