"""Addresses in place of a name, in every spelling."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_runtime.egress.literal import read_literal

WRITERS: list[Callable[[int], str]] = [str, hex, lambda number: f"0{number:o}"]
ADDRESSES = st.one_of(
    st.ip_addresses(v=4), st.ip_addresses(v=6), st.integers(0, 2**32 - 1).map(lambda n: IPv6Address(0xFFFF << 32 | n))
)
SPELLINGS = [
    "2130706433",
    "0x7f000001",
    "0X7F000001",
    "017700000001",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0177.0.0.01",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.1.",
    "00000000177.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_loopback(host: str) -> None:
    assert read_literal(host) == ip_address("127.0.0.1")


@pytest.mark.parametrize(
    "host, address",
    [("0", "0.0.0.0"), ("0x", "0.0.0.0"), ("0.0", "0.0.0.0"), ("012.1", "10.0.0.1"), ("0xa9fea9fe", "169.254.169.254")],
)
def test_spellings_of_other_addresses(host: str, address: str) -> None:
    assert read_literal(host) == ip_address(address)


@given(st.integers(0, 2**32 - 1), st.sampled_from(WRITERS))
@settings(max_examples=100)
def test_every_spelling_of_one_number_is_the_same_address(number: int, write: Callable[[int], str]) -> None:
    assert read_literal(write(number)) == IPv4Address(number)
    high, low = divmod(number, 1 << 16)
    assert read_literal(f"{high >> 8}.{write(high & 255)}.{write(low)}") == IPv4Address(number)


@given(ADDRESSES)
@settings(max_examples=100)
def test_a_written_address_reads_back(address: IPv4Address | IPv6Address) -> None:
    assert read_literal(str(address)) == address


@pytest.mark.parametrize(
    "host", ["shop.example", "1.example", "a.b.c.d", "a1", "1a", "1e3", "127.0.0.1.nip.example", "0x7f.example", ""]
)
def test_names(host: str) -> None:
    assert read_literal(host) is None


@pytest.mark.parametrize(
    "host",
    ["1.2.3.4.5", "1.2.3.256", "256.256", "4294967296", "0x1g.1.1.1.1", "08.1.1.1", "08", "x.0x1g.9", "a.1", "1..1"],
)
def test_neither_name_nor_address(host: str) -> None:
    with pytest.raises(ValueError):
        read_literal(host)


def test_a_number_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="not a number"):
        read_literal("9" * 5000)
