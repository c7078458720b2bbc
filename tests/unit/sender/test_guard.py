"""Which addresses the guard lets through."""

from ipaddress import ip_address

import pytest
import structlog

from hookline_dispatcher.sender.guard import AddressRefused, Guard, NameNotResolved
from hookline_dispatcher.sender.model import Endpoint, Refusal
from hookline_runtime.egress.policy import NOT_PUBLIC, Policy

CLOSED = ["10.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "127.1", "0x7f000001", "localhost", "a.localhost"]


@pytest.mark.parametrize("host", [*CLOSED, "1.2.3.4.5"])
async def test_what_the_written_form_shows_is_refused_without_resolving(host: str) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        raise AssertionError("nothing is resolved")

    guard = Guard(resolver=resolver)
    with pytest.raises(AddressRefused) as refused:
        guard.check_literal(Endpoint("http", host, 80))
    assert str(refused.value) == f"the URL {NOT_PUBLIC}"
    with pytest.raises(AddressRefused):
        await guard.resolve(Endpoint("http", host, 80))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "::ffff:7f00:1", "localhost"])
def test_what_the_operator_opened_passes(host: str) -> None:
    guard = Guard(Policy.of("127.0.0.0/8:9000"))
    guard.check_literal(Endpoint("http", host, 9000))
    with pytest.raises(AddressRefused):
        guard.check_literal(Endpoint("http", host, 9001))


async def test_a_literal_is_its_own_address() -> None:
    assert await resolving().resolve(Endpoint("http", "127.1", 9000)) == (ip_address("127.0.0.1"),)


def resolving(*addresses: str) -> Guard:
    async def resolver(host: str, port: int) -> list[str]:
        return list(addresses)

    return Guard(Policy.of("127.0.0.0/8:9000"), resolver=resolver)


async def test_a_name_leads_to_all_its_addresses_in_their_order() -> None:
    found = await resolving("8.8.8.8", "127.0.0.1", "8.8.8.8").resolve(Endpoint("http", "x.example", 9000))
    assert [str(address) for address in found] == ["8.8.8.8", "127.0.0.1"]


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["10.0.0.1", "::1"],
        ["fe80::1%eth0"],
        ["::ffff:10.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["10.0.0.1", "8.8.8.8"],
        ["127.0.0.1", "::1"],
        ["2606:4700::1", "8.8.8.8", "169.254.169.254"],
    ],
)
async def test_one_closed_address_closes_the_whole_name(addresses: list[str]) -> None:
    with pytest.raises(AddressRefused) as refused:
        await resolving(*addresses).resolve(Endpoint("http", "x.example", 9000))
    assert str(refused.value) == f"the URL {NOT_PUBLIC}"


@pytest.mark.parametrize("host", ["localhost", "shop.localhost", "LOCALHOST."])
@pytest.mark.parametrize("addresses", [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
async def test_of_a_local_name_the_open_addresses_are_used(host: str, addresses: list[str]) -> None:
    found = await resolving(*addresses).resolve(Endpoint("http", host, 9000))
    assert [str(address) for address in found] == ["127.0.0.1"]


async def test_a_local_name_with_none_open_is_refused() -> None:
    with pytest.raises(AddressRefused):
        await resolving("::1").resolve(Endpoint("http", "localhost", 9000))


@pytest.mark.parametrize(
    "host, why", [("x.example", Refusal("10.0.0.1", "private")), ("127.1", Refusal("127.1", "loopback"))]
)
async def test_says_which_address_was_refused_and_why_and_logs_nothing_itself(host: str, why: Refusal) -> None:
    with structlog.testing.capture_logs() as logs, pytest.raises(AddressRefused) as refused:
        await resolving("8.8.8.8", "10.0.0.1").resolve(Endpoint("http", host, 80))
    assert refused.value.why == why
    assert logs == []


async def test_name_without_addresses() -> None:
    with pytest.raises(NameNotResolved):
        await resolving().resolve(Endpoint("http", "x.example", 80))


async def test_system_resolver_knows_localhost() -> None:
    found = await Guard(Policy.of("127.0.0.0/8,::1/128")).resolve(Endpoint("http", "localhost", 80))
    assert set(map(str, found)) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 70 + ".example", "a..example"])
async def test_system_resolver_finds_nothing(host: str) -> None:
    with pytest.raises(NameNotResolved):
        await Guard().resolve(Endpoint("http", host, 80))
