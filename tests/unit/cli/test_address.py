import socket

import pytest

from hookline_cli.address import Address, claim, parse_address
from hookline_cli.failure import CliError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:7700", Address("127.0.0.1", 7700)),
        (":7700", Address("127.0.0.1", 7700)),
        ("[::1]:0", Address("::1", 0)),
        ("example.com:1", Address("example.com", 1)),
    ],
)
def test_reads(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize("text", ["", "7700", "a:", "a:x", "a:65536", "a:-1", "::1:5", "a:٣"])
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="'"):
        parse_address(text)


def test_a_taken_port_is_said_with_its_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(CliError, match=f"cannot listen on {address} for --registry: address already in use"):
            claim(address, "--registry")
    assert claim(address, "--registry") == address
    assert 10240 <= claim(Address("127.0.0.1", 0), "x").port < 32768


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CliError, match=r"cannot listen on 192\.0\.2\.1:0 for x: cannot assign"):
        claim(Address("192.0.2.1", 0), "x")


def test_clients_reach_a_wildcard_by_loopback() -> None:
    assert str(Address("0.0.0.0", 1).reachable()) == "127.0.0.1:1"
    assert str(Address("::", 1).reachable()) == "[::1]:1"
    assert str(Address("10.0.0.1", 1).reachable()) == "10.0.0.1:1"
