from __future__ import annotations

import pytest

from hookline_runtime.tls.plaintext import is_loopback

OWN = ["127.0.0.1:1", "127.9.9.9:0", "[::1]:1", "localhost:1", "[::ffff:127.0.0.1]:1", "no-such-host.invalid:1"]
OTHERS = ["0.0.0.0:7701", "[::]:7701", "10.0.0.1:1", "[fe80::1]:1", "[::ffff:10.0.0.1]:1", "[::ffff:0.0.0.0]:1", "0:1"]


@pytest.mark.parametrize("address", OWN)
def test_what_this_machine_alone_reaches(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", OTHERS)
def test_what_others_reach(address: str) -> None:
    assert not is_loopback(address)
