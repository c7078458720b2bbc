"""An address that guesses has to wait; one that signs in, or finds the registry away, does not."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from hookline_gateway.console.wrong_sign_ins import WrongSignIns, address_of
from hookline_gateway.rate_window import SECOND
from hookline_gateway.refusals import TooManyRequests
from hookline_runtime.errors import HooklineError, Unauthenticated, Unavailable


def request(host: str | None) -> Request:
    client = None if host is None else (host, 1)
    return Request({"type": "http", "method": "POST", "path": "/", "headers": [], "client": client})


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


async def tried(wrong: WrongSignIns, host: str, error: HooklineError | None = None) -> None:
    async with wrong.trying(request(host)):
        if error is not None:
            raise error


async def guess(wrong: WrongSignIns, host: str) -> None:
    with pytest.raises(Unauthenticated):
        await tried(wrong, host, Unauthenticated("no"))


async def test_guesses_are_bounded_by_address_and_minute() -> None:
    clock = Clock()
    wrong = WrongSignIns(3, clock)
    for clock.now in range(3):
        await guess(wrong, "10.0.0.1")
    with pytest.raises(TooManyRequests) as caught:
        await tried(wrong, "10.0.0.1")
    assert caught.value.headers["retry-after"] == "60"
    await guess(wrong, "10.0.0.2")
    clock.now = 61 * SECOND
    await guess(wrong, "10.0.0.1")


async def test_what_is_no_guess_does_not_count() -> None:
    wrong = WrongSignIns(1, Clock())
    for _ in range(5):
        await tried(wrong, "10.0.0.1")
        with pytest.raises(Unavailable):
            await tried(wrong, "10.0.0.1", Unavailable("away", 1.0))
    await guess(wrong, "10.0.0.1")
    with pytest.raises(TooManyRequests):
        await tried(wrong, "10.0.0.1")


async def test_guesses_at_once_count_before_they_are_answered() -> None:
    wrong = WrongSignIns(1, Clock())
    async with wrong.trying(request("10.0.0.1")):
        with pytest.raises(TooManyRequests):
            await tried(wrong, "10.0.0.1")


@pytest.mark.parametrize("host, who", [
    ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), (None, ""), ("a name", "a name"),
    ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
])  # fmt: skip
def test_who_counts_as_one(host: str | None, who: str) -> None:
    assert address_of(request(host)) == who
