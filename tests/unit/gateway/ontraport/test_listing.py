from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.ontraport.asked import asked
from hookline_gateway.ontraport.conditions import Record
from hookline_gateway.ontraport.fields import WEBHOOK, WEBHOOK_LOG, Kind
from hookline_gateway.ontraport.listing import counted, listed
from hookline_gateway.refusals import Unreadable


class Kept:
    """Records in memory, which notes what is asked of it."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.walks = 0
        self.asked_fields: list[frozenset[str]] = []

    def _of(self, ids: Sequence[int] | None) -> list[Record]:
        return [each for each in self.records if ids is None or int(each["id"] or 0) in ids]

    async def page(self, ids: Sequence[int] | None, skip: int, size: int, fields: frozenset[str]) -> Sequence[Record]:
        self.asked_fields.append(fields)
        return self._of(ids)[skip : skip + size]

    async def walk(self, ids: Sequence[int] | None, fields: frozenset[str]) -> AsyncIterator[Record]:
        self.walks += 1
        for each in self._of(ids):
            yield {name: each[name] for name in fields}

    async def count(self, ids: Sequence[int] | None) -> int:
        return len(self._of(ids))


def hook(id_: int, event: str = "sub_tag", code: int = 0, hooked: str | None = None) -> Record:
    shown = {"id": str(id_), "event": event, "data": "", "url": f"https://{id_}.example/"}
    return {**shown, "last_hook": hooked, "last_code": str(code), "last_payload": "p"}


RECORDS = st.lists(
    st.builds(
        hook,
        st.integers(1, 200),
        st.sampled_from(["sub_tag", "unsub_tag", "Object_create"]),
        st.sampled_from([0, 9, 200, 500]),
        st.sampled_from([None, "9", "10"]),
    ),
    max_size=90,
    unique_by=lambda each: each["id"],
).map(lambda found: sorted(found, key=lambda each: int(each["id"] or 0)))


@given(
    RECORDS,
    st.integers(0, 60),
    st.integers(0, 70),
    st.sampled_from(["", "id", "event", "last_code", "last_hook"]),
    st.sampled_from(["", "asc", "DESC"]),
    st.sampled_from(["", "tag", "OBJECT", "7.example"]),
    st.sampled_from([None, 9, 200]),
    st.sampled_from(["", "id", "event,url"]),
)
async def test_a_page_is_what_the_words_say(
    records: list[Record], start: int, size: int, sort: str, direction: str, search: str, code: int | None, fields: str
) -> None:
    condition = [] if code is None else [{"field": {"field": "last_code"}, "op": "=", "value": {"value": code}}]
    wanted = asked(
        WEBHOOK,
        {
            "start": str(start),
            "range": str(size),
            "sort": sort,
            "sortDir": direction,
            "search": search,
            "condition": orjson.dumps(condition).decode(),
            "listFields": fields,
        },
    )
    kept = [
        each
        for each in records
        if (code is None or each["last_code"] == str(code))
        and (not search or search.lower() in f"{each['event']} {each['url']}".lower())
    ]
    names = {"": WEBHOOK.names, "id": ("id",), "event,url": ("id", "event", "url")}[fields]

    def place(each: Record) -> Any:
        value = each[sort or "id"]
        return (value is not None, int(value or 0)) if sort != "event" else (value or "").lower()

    ordered = sorted(kept, key=place, reverse=direction == "DESC")
    page = ordered[start : start + (min(size, 50) or 50)]
    assert await listed(Kept(records), wanted) == [{name: each[name] for name in names} for each in page]
    assert await counted(Kept(records), wanted) == len(kept)


async def test_places_and_ids_alone_walk_through_nothing() -> None:
    kept = Kept([hook(id_) for id_ in range(1, 100)])
    page = await listed(kept, asked(WEBHOOK, {"start": "10", "range": "2"}))
    assert [each["id"] for each in page] == ["11", "12"]
    page = await listed(kept, asked(WEBHOOK, {"ids": "7,3,999,0", "listFields": "id,event"}))
    assert page == [{"id": "3", "event": "sub_tag"}, {"id": "7", "event": "sub_tag"}]
    assert await counted(kept, asked(WEBHOOK, {"ids": "7,3,999"})) == 2
    assert kept.walks == 0
    assert kept.asked_fields[-1] == {"id", "event"}, "no attempt is looked up for these"


async def test_ids_that_nothing_can_have_are_no_ids() -> None:
    kept = Kept([hook(1)])
    for ids in ("0,0", "99999999999999999999"):
        wanted = asked(WEBHOOK, {"ids": ids})
        assert (await listed(kept, wanted), await counted(kept, wanted)) == ([], 0)
    for ids in ("", "0"):
        wanted = asked(WEBHOOK, {"ids": ids})
        assert (len(await listed(kept, wanted)), await counted(kept, wanted)) == (1, 1)


@pytest.mark.parametrize("written, shown", [("id", ["id"]), ("event", ["id", "event"]), ("", [*WEBHOOK.names])])
async def test_a_list_has_the_fields_that_are_asked_for_and_the_id(written: str, shown: list[str]) -> None:
    (found,) = await listed(Kept([hook(1)]), asked(WEBHOOK, {"listFields": written}))
    assert list(found) == shown


@pytest.mark.parametrize("kind, parameters, stands", [
    (WEBHOOK, {}, True), (WEBHOOK, {"sort": "id"}, True), (WEBHOOK, {"sortDir": "desc"}, False),
    (WEBHOOK_LOG, {}, True), (WEBHOOK_LOG, {"sort": "id"}, False),
    (WEBHOOK_LOG, {"sort": "id", "sortDir": "desc"}, True),
])  # fmt: skip
def test_the_order_in_which_they_stand(kind: Kind, parameters: dict[str, str], stands: bool) -> None:
    assert asked(kind, parameters).as_they_stand is stands


@pytest.mark.parametrize(
    "parameters",
    [
        {"sort": "name"}, {"sort": ["id"]}, {"sortDir": "up"}, {"start": "-1"}, {"range": "x"}, {"ids": "1,x"},
        {"ids": "-1"}, {"ids": [[1]]}, {"ids": ",".join(["1"] * 2000)}, {"listFields": "id,name"},
        {"search": "x" * 300}, {"search": ["x"]}, {"condition": "name=1"}, {"condition": {"a": "b"}},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(parameters: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        asked(WEBHOOK, parameters)
