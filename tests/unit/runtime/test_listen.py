from __future__ import annotations

import socket

import pytest

from hookline_runtime.listen import ListenError, probe, split_address

GOOD = [
    ("127.0.0.1:7701", ("127.0.0.1", 7701)),
    ("localhost:0", ("localhost", 0)),
    ("[::1]:65535", ("::1", 65535)),
]
BAD = ["", "host", "host:", ":80", "[]:80", "::1:80", "host:65536", "host:-1", "host:x", "host:٣"]


@pytest.mark.parametrize("address, parts", GOOD)
def test_an_address_has_a_host_and_a_port(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="must"):
        split_address(address)


UNUSABLE = [
    ("192.0.2.1:1", "Cannot assign requested address"),
    ("nobody.invalid:1", "nobody.invalid is not known"),
    (f"{'x' * 70}.example:1", "is not known"),
]


@pytest.mark.parametrize("address, reason", UNUSABLE)
def test_an_address_that_cannot_be_listened_on_is_named_with_the_reason(address: str, reason: str) -> None:
    with pytest.raises(ListenError, match=f"cannot listen on {address}: .*{reason}"):
        probe(address)


def test_a_taken_address_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ListenError, match="already in use"):
            probe(f"127.0.0.1:{taken.getsockname()[1]}")


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:0"])
def test_a_free_address_is_fine(address: str) -> None:
    probe(address)
