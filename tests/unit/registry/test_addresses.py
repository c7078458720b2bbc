from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.sender.addresses import is_public
from hookline_registry.urls import url_faults
from hookline_runtime.addresses import literal_address, parse_allow, refusal

SPELLINGS: list[Callable[[int], str]] = [str, hex, lambda number: f"0{number:o}"]
ADDRESSES = st.one_of(
    st.ip_addresses(v=4), st.ip_addresses(v=6), st.integers(0, 2**32 - 1).map(lambda n: IPv6Address(0xFFFF << 32 | n))
)


@given(ADDRESSES)
@settings(max_examples=200)
def test_it_agrees_with_the_sender(address: IPv4Address | IPv6Address) -> None:
    assert (refusal(address, 443) is None) == is_public(address)


@given(st.integers(0, 2**32 - 1), st.sampled_from(SPELLINGS))
@settings(max_examples=100)
def test_every_spelling_of_one_number_is_the_same_address(number: int, spell: Callable[[int], str]) -> None:
    assert literal_address(spell(number)) == IPv4Address(number)
    high, low = divmod(number, 1 << 16)
    assert literal_address(f"{high >> 8}.{spell(high & 255)}.{spell(low)}") == IPv4Address(number)


@given(ADDRESSES)
@settings(max_examples=100)
def test_a_written_address_reads_back(address: IPv4Address | IPv6Address) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    assert literal_address(host) == address


@pytest.mark.parametrize("host", ["example.com", "1.example", "a.b.c.d", "x1", "1e3", ""])
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize("host", ["1.2.3.4.5", "1.2.3.999", "4294967296", "08", "1..2", "a.1", "[::1", "[x]"])
def test_what_can_only_be_an_address_and_is_none(host: str) -> None:
    with pytest.raises(ValueError, match="must have a valid"):
        literal_address(host)


@pytest.mark.parametrize(
    ("rules", "address", "port", "open_"),
    [
        ("10.0.0.0/8", "10.9.9.9", 1, True),
        ("10.0.0.0/8:80", "10.9.9.9", 80, True),
        ("10.0.0.0/8:80", "10.9.9.9", 81, False),
        ("10.1.2.3", "10.1.2.3", 5, True),
        ("10.1.2.3", "10.1.2.4", 5, False),
        ("::1/128", "::1", 5, True),
        ("::1", "::1", 5, True),
        ("[fd00::/8]:443", "fd12::1", 443, True),
        ("[fd00::/8]:443", "fd12::1", 80, False),
        (" 10.0.0.0/8 , ,::1/128 ", "::1", 5, True),
        ("127.0.0.0/8", "::ffff:127.0.0.1", 5, True),
        ("", "127.0.0.1", 5, False),
        ("", "1.1.1.1", 5, True),
    ],
)
def test_rules_open_networks_and_ports(rules: str, address: str, port: int, open_: bool) -> None:
    assert (refusal(ip_address(address), port, parse_allow(rules)) is None) is open_


@pytest.mark.parametrize(
    "text", ["localhost", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/8:0", "10.0.0.0/8:65536", "[::1", "x"]
)
def test_bad_rules_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a network|has a port"):
        parse_allow(f"10.0.0.0/8,{text}")


@given(st.text(max_size=40).map(lambda rest: "http://" + rest) | st.text(max_size=40))
@settings(max_examples=200)
def test_no_text_breaks_the_reading_of_urls(text: str) -> None:
    assert len(list(url_faults(text, ()))) <= 1
