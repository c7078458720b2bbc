"""What a list is asked for, read from the parameters. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hookline_gateway.ontraport.condition_json import read_condition
from hookline_gateway.ontraport.conditions import All, Condition, Record, fields_of
from hookline_gateway.ontraport.fields import Kind
from hookline_gateway.ontraport.parameters import Parameters, number, record_id, text, texts
from hookline_gateway.refusals import Unreadable

MOST: Final = 50
"""How many records a page has at most."""
MOST_IDS: Final = 1000
MOST_SEARCH: Final = 256
_EVERY: Final = "0"
"""What the .NET client writes as ``ids`` where it searches all records (its version 1.3.2)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as its caller wants it; ``ids`` None stands for every record, ``fields`` are those to be shown."""

    kind: Kind
    ids: tuple[int, ...] | None
    start: int
    size: int
    sort: str
    descending: bool
    condition: Condition
    search: str
    fields: tuple[str, ...]

    @property
    def chooses(self) -> bool:
        """Whether which records it has depends on more than their ids."""
        return self.condition != All() or bool(self.search)

    @property
    def as_they_stand(self) -> bool:
        """Whether the records are wanted in the order in which they are kept."""
        return self.sort == "id" and self.descending is self.kind.newest_first

    @property
    def looked_at(self) -> frozenset[str]:
        """The fields that have to be known to choose and to sort."""
        searched = self.kind.searched if self.search else ()
        return frozenset({"id", self.sort, *fields_of(self.condition), *searched})

    def keeps(self, record: Record) -> bool:
        """Whether a record is one of those that are asked for."""
        if not self.condition.keeps(record):
            return False
        return not self.search or any(self.search in (record.get(name) or "").casefold() for name in self.kind.searched)


def asked(kind: Kind, parameters: Parameters) -> Asked:
    """The list that the parameters ask for; a page of more than ``MOST`` is one of ``MOST``.

    Raises:
        Unreadable: one of them is not what it has to be.
    """
    sort = text(parameters, "sort").strip()
    search = text(parameters, "search").strip()
    if len(search) > MOST_SEARCH:
        raise Unreadable(f"search must have at most {MOST_SEARCH} characters")
    return Asked(
        kind=kind,
        ids=_ids(parameters),
        start=number(parameters, "start", 0),
        size=min(number(parameters, "range", MOST) or MOST, MOST),
        sort=_known(kind.chosen_by, "sort", sort or "id"),
        descending=_descending(text(parameters, "sortDir"), default=kind.newest_first and not sort),
        condition=read_condition(parameters.get("condition", ""), kind.chosen_by),
        search=search.casefold(),
        fields=_fields(kind, parameters),
    )


def _ids(parameters: Parameters) -> tuple[int, ...] | None:
    written = texts(parameters, "ids")
    if not written or written == [_EVERY]:
        return None
    if len(written) > MOST_IDS:
        raise Unreadable(f"ids must be at most {MOST_IDS}")
    found = {record_id("ids", each) for each in written}
    return tuple(sorted(found - {0}))


def _descending(written: str, *, default: bool) -> bool:
    match written.strip().lower():
        case "":
            return default
        case "asc" | "desc" as direction:
            return direction == "desc"
    raise Unreadable("sortDir must be asc or desc")


def _fields(kind: Kind, parameters: Parameters) -> tuple[str, ...]:
    written = texts(parameters, "listFields")
    wanted = {"id", *(_known(kind.names, "listFields", name) for name in written)}
    return tuple(name for name in kind.names if name in wanted) if written else kind.names


def _known(names: Sequence[str], parameter: str, name: str) -> str:
    if name not in names:
        raise Unreadable(f"{parameter} may name {', '.join(names)}")
    return name
