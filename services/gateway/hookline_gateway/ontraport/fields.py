"""The fields of the records that this API shows, and what ``meta`` says of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record; ``type`` is in the original's words, ``about`` and ``example`` are for who reads of it.

    What is ``bulky`` is shown, but nothing is chosen or sorted by it: all of it would have to be rendered again.
    """

    name: str
    alias: str
    about: str
    example: str | None
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
        Field("id", "ID", "The id of the subscription.", "1", "numeric"),
        Field("event", "Event", "What it is told of.", "sub_tag(4)", required=True),
        Field("data", "Data", "The options of its payload as a JSON text; empty: none.", '{"format":"lightweight"}'),
        Field("url", "URL", "Where it is told.", "https://receiver.example/crm", "url", required=True),
        Field(
            "last_hook",
            "Last Hook",
            "When the last attempt began, in Unix seconds; null: there was none.",
            "1514940140",
            "timestamp",
        ),
        Field("last_code", "Last Code", "The HTTP status that answered it; 0: there was no answer.", "200", "numeric"),
        Field("last_payload", "Last Payload", "The body that was sent.", "webhook_id=1&object_type_id=0"),
    ),
    searched=("event", "data", "url"),
)

WEBHOOK_LOG = Kind(
    "WebhookLog",
    147,
    (
        Field("id", "ID", "The place in the log: the newer, the larger.", "17", "numeric"),
        Field("webhook_id", "Webhook", "The id of the subscription or webhook.", "1", "numeric"),
        Field("webhook_type", "Webhook Type", "Which of the two it is: subscription or webhook.", "subscription"),
        Field("event", "Event", "The type of the event.", "sub_tag"),
        Field("object_type_id", "Object Type", "The type of the object; contacts are 0.", "0", "numeric"),
        Field("object_id", "Object", "The object that the event is about.", "8"),
        Field("date", "Date", "When the attempt began, in Unix seconds.", "1514940140", "timestamp"),
        Field("method", "Method", "The method of the request; empty: nothing was sent.", "POST"),
        Field("url", "URL", "Where it was sent.", "https://receiver.example/crm", "url"),
        Field("payload", "Payload", "The body that was sent.", "webhook_id=1&object_type_id=0", bulky=True),
        Field("code", "Response Code", "The HTTP status of the answer; 0: there was none.", "200", "numeric"),
        Field("response", "Response", "What the answer's body began with.", "ok", bulky=True),
        Field("outcome", "Outcome", "What came of it, such as delivered, rejected or cancelled.", "delivered"),
        Field("reason", "Reason", "Why, in words; empty where it was delivered.", ""),
        Field("attempt", "Attempt", "The number of the attempt, from 1; 0: nothing was sent.", "1", "numeric"),
        Field("delivery_id", "Delivery", "The delivery that the attempt belongs to.", "12", "numeric"),
    ),
    searched=("event", "object_id", "url", "outcome", "reason"),
    newest_first=True,
)
