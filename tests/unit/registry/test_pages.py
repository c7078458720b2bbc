from dataclasses import dataclass

import pytest
from hookline.registry.v1 import account_pb2

from hookline_registry import pages
from hookline_registry.pages import Asked, collect
from hookline_runtime.errors import InvalidArgument
from hookline_runtime.paging import encode_token

FILTER = {"list": "things"}


@dataclass(frozen=True)
class Thing:
    id: int


def shown(thing: Thing) -> account_pb2.Account:
    return account_pb2.Account(id=thing.id, name="x" * 1000)


async def walk(ids: list[int], size: int) -> list[list[int]]:
    async def read(after: int, limit: int) -> list[Thing]:
        return [Thing(number) for number in ids if number > after][:limit]

    token, found = "", []
    while True:
        page = await collect(Asked(size, token, FILTER), read, shown)
        found.append([account.id for account in page.items])
        token = page.next_token
        if not token:
            return found


@pytest.mark.parametrize(("count", "size"), [(0, 5), (1, 1), (5, 5), (6, 5), (10, 5), (50, 0), (51, 0), (130, 100)])
async def test_pages_are_full_and_the_last_has_no_token(count: int, size: int) -> None:
    wanted = size or 50
    found = await walk(list(range(count)), size)
    assert [number for page in found for number in page] == list(range(count))
    assert [len(page) for page in found[:-1]] == [wanted] * (len(found) - 1)
    assert len(found) == max(1, -(-count // wanted))


@pytest.mark.parametrize(
    ("size", "found"), [(3000, [[0, 1], [2, 3], [4]]), (3100, [[0, 1, 2], [3, 4]]), (500, [[0], [1], [2], [3], [4]])]
)
async def test_a_page_ends_before_its_size_in_bytes(
    monkeypatch: pytest.MonkeyPatch, size: int, found: list[list[int]]
) -> None:
    monkeypatch.setattr(pages, "MAX_BYTES", size)
    assert await walk(list(range(5)), 100) == found


@pytest.mark.parametrize("key", [[], ["1"], [1, 2], [-1], [2**63], [2**64 - 1]])
async def test_a_forged_token_is_refused(key: list[int | str]) -> None:
    async def read(after: int, limit: int) -> list[Thing]:
        raise AssertionError("it must not be read")

    with pytest.raises(InvalidArgument) as refused:
        await collect(Asked(1, encode_token(FILTER, key), FILTER), read, shown)
    assert [violation.field for violation in refused.value.violations] == ["page_token"]
