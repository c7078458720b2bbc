"""What is remembered of a contact under a campaign: how often it came in, and where it rests now, if anywhere."""

import json
from dataclasses import dataclass
from hashlib import blake2b

from hookline_plugin.stateful import Memory, Timer


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact rests: since when, and until when, or None where only an event can move it."""

    element: str
    since: int
    due: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """A contact's history in short.

    `journey` names the present or the last passage through the map, `moves` counts the elements that it came to.
    Both together name a visit: they make keys of firings, emitted events and timers that never come twice.
    """

    entries: int = 0
    journey: str = ""
    moves: int = 0
    place: Place | None = None

    @property
    def visit(self) -> str:
        """The name of the visit to the element that was reached last."""
        return f"{self.journey}.{self.moves}"

    @property
    def arriving(self) -> bool:
        """Whether the contact has come to its entry and no further."""
        return self.moves == 1

    @property
    def on_map(self) -> bool:
        """Whether the contact is on the map; one that settles at an entry is not yet."""
        return self.place is not None and not self.arriving

    @property
    def timer(self) -> Timer | None:
        """The timer that belongs to the place."""
        if self.place is None or self.place.due is None:
            return None
        return Timer(self.visit, self.place.due)


def journey_name(event_key: str) -> str:
    """Name the journey that an event starts; an event starts at most one for a contact."""
    return blake2b(event_key.encode(), digest_size=8).hexdigest()


def read(memory: Memory | None) -> Record:
    """Read what `written` wrote; raises ValueError for anything else."""
    if memory is None:
        return Record()
    body = json.loads(memory.body)
    if not isinstance(body, dict):
        raise ValueError("the memory of a campaign is a JSON object")
    try:
        return Record(
            entries=_whole(body["entries"]),
            journey=_text(body["journey"]),
            moves=_whole(body["moves"]),
            place=_place(body["place"]) if "place" in body else None,
        )
    except KeyError as missing:
        raise ValueError(f"the memory of a campaign lacks {missing}") from None


def _place(body: object) -> Place:
    if not isinstance(body, dict):
        raise ValueError("a place is a JSON object")
    return Place(
        _text(body["element"]), _whole(body["since"]), _whole(body["due"]) if body["due"] is not None else None
    )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("the memory of a campaign has no number where one belongs")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("the memory of a campaign has no text where one belongs")
    return value


def written(record: Record, version: int) -> Memory | None:
    """Write a record; None where there is nothing to remember. Who rests nowhere follows no version."""
    if not record.entries:
        return None
    body: dict[str, object] = {"entries": record.entries, "journey": record.journey, "moves": record.moves}
    if record.place is not None:
        body["place"] = {"element": record.place.element, "since": record.place.since, "due": record.place.due}
    return Memory(json.dumps(body, separators=(",", ":")).encode(), follows=0 if record.place is None else version)
