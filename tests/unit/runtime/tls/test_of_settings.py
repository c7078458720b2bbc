from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hookline_runtime.settings import Address, OptionalAddress, OptionalPath, Settings, SettingsError
from hookline_runtime.tls.of_settings import http_server, rpc_client, rpc_server
from tests.unit.runtime.tls.certificates import Place, place


class Own(Settings):
    """Settings of some service."""

    own_address: Address = "127.0.0.1:0"
    own_metrics: OptionalAddress = None
    own_certificate_file: OptionalPath = None
    own_key_file: OptionalPath = None


def files(made: Place) -> dict[str, Any]:
    return {"tls_certificate_file": made.certificate(), "tls_key_file": made.key()}


def test_without_files_it_is_plain_text_on_loopback() -> None:
    settings = Own.load()
    assert rpc_server(settings, "own_address") is None
    assert rpc_client(settings) is None
    assert http_server(settings, "own_metrics") is None


def test_with_files_it_is_not(tmp_path: Path) -> None:
    made = place(tmp_path)
    settings = Own.load(own_address="0.0.0.0:0", tls_ca_file=made.ca, tls_client_ca_file=made.ca, **files(made))
    assert rpc_server(settings, "own_address") is not None
    assert rpc_client(settings) is not None
    assert http_server(settings, "own_address") is not None


@pytest.mark.parametrize("address", ["0.0.0.0:7701", "[::]:7701", "10.1.2.3:7701"])
def test_plain_text_where_others_connect_is_refused_with_what_to_set(address: str) -> None:
    settings = Own.load(own_address=address, own_metrics=address)
    words = "nothing would be encrypted: set HOOKLINE_{} and HOOKLINE_{}, or HOOKLINE_PLAINTEXT=true"
    with pytest.raises(SettingsError, match=r"^HOOKLINE_OWN_ADDRESS: ") as caught:
        rpc_server(settings, "own_address")
    assert words.format("TLS_CERTIFICATE_FILE", "TLS_KEY_FILE") in str(caught.value)
    with pytest.raises(SettingsError, match=r"^HOOKLINE_OWN_METRICS: ") as caught:
        http_server(settings, "own_metrics", "own_certificate_file", "own_key_file")
    assert words.format("OWN_CERTIFICATE_FILE", "OWN_KEY_FILE") in str(caught.value)
    allowed = Own.load(own_address=address, plaintext=True)
    assert rpc_server(allowed, "own_address") is None


LACKING = [
    ("tls_certificate_file", "HOOKLINE_TLS_KEY_FILE: is required beside HOOKLINE_TLS_CERTIFICATE_FILE"),
    ("tls_key_file", "HOOKLINE_TLS_CERTIFICATE_FILE: is required beside HOOKLINE_TLS_KEY_FILE"),
    ("tls_client_ca_file", "HOOKLINE_TLS_CERTIFICATE_FILE: is required beside HOOKLINE_TLS_CLIENT_CA_FILE"),
]


@pytest.mark.parametrize("name, words", LACKING)
def test_half_of_what_is_needed_is_refused(tmp_path: Path, name: str, words: str) -> None:
    given = {name: place(tmp_path).ca}
    with pytest.raises(SettingsError, match=f"^{words}$"):
        rpc_server(Own.load(**given), "own_address")


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    made = place(tmp_path)
    made.key().write_text("x")
    settings = Own.load(tls_ca_file=made.ca, **files(made))
    for use in (rpc_server, http_server):
        with pytest.raises(SettingsError, match=r"server\.key: holds no private key"):
            use(settings, "own_address")
    with pytest.raises(SettingsError, match=r"server\.key: holds no private key"):
        rpc_client(settings)
