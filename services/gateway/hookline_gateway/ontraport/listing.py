"""Lists: a page of records, or how many there are, out of what a source keeps.

What is asked for by ids and place alone costs one call of the source. A condition, a search or another order looks at
every record of the account, with only those fields that it needs; then the page is read as a whole.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from hookline_gateway.ontraport.asked import Asked
from hookline_gateway.ontraport.conditions import Record
from hookline_gateway.ontraport.turns import Turns


class Source(Protocol):
    """Records of one account. ``ids`` None stands for all of them; ``fields`` are those that have to be right."""

    async def page(self, ids: Sequence[int] | None, skip: int, size: int, fields: frozenset[str]) -> Sequence[Record]:
        """Records in the order in which they are kept."""

    def walk(self, ids: Sequence[int] | None, fields: frozenset[str]) -> AsyncIterator[Record]:
        """All of them, in that order."""

    async def count(self, ids: Sequence[int] | None) -> int:
        """How many there are."""


async def listed(source: Source, asked: Asked) -> Sequence[Record]:
    """The page that is asked for."""
    wanted = frozenset(asked.fields)
    if asked.ids == ():
        return []
    if asked.as_they_stand and not asked.chooses:
        found = await source.page(asked.ids, asked.start, asked.size, wanted)
    else:
        chosen = await _chosen(source, asked)
        page = chosen[asked.start : asked.start + asked.size]
        found = await _read_whole(source, page, wanted) if wanted - asked.looked_at else page
    if found and tuple(found[0]) == asked.fields:
        return found  # most lists ask for every field, and then records are what they are
    return [{name: record.get(name) for name in asked.fields} for record in found]


async def counted(source: Source, asked: Asked) -> int:
    """How many records there are in all that is asked for."""
    if asked.ids == ():
        return 0
    return len(await _kept(source, asked)) if asked.chooses else await source.count(asked.ids)


async def _chosen(source: Source, asked: Asked) -> list[Record]:
    kept = await _kept(source, asked)
    if asked.as_they_stand:
        return kept
    numeric = asked.kind.field(asked.sort).numeric

    def key(record: Record) -> tuple[bool, int | str]:
        value = record.get(asked.sort)
        if numeric:
            return value is not None, int(value or 0)
        return value is not None, (value or "").casefold()

    return sorted(kept, key=key, reverse=asked.descending)


async def _kept(source: Source, asked: Asked) -> list[Record]:
    turns = Turns()
    kept = []
    async for record in source.walk(asked.ids, asked.looked_at):
        with turns.taken():
            keeps = asked.keeps(record)
        if keeps:
            kept.append(record)
        await turns.given()
    return kept


async def _read_whole(source: Source, page: Sequence[Record], fields: frozenset[str]) -> list[Record]:
    if not page:
        return []
    ids = [int(record["id"] or 0) for record in page]
    found = {record["id"]: record for record in await source.page(sorted(ids), 0, len(ids), fields)}
    return [found[record["id"]] for record in page if record["id"] in found]  # what was deleted meanwhile is left out
