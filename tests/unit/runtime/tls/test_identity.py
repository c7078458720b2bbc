from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from hookline_runtime.tls.files import TlsUnusable
from hookline_runtime.tls.identity import read_authorities, read_identity
from tests.unit.runtime.tls.certificates import place


def test_a_pair_is_read_as_it_stands_there(tmp_path: Path) -> None:
    made = place(tmp_path)
    read = read_identity(made.certificate(), made.key())
    assert (read.certificate, read.key) == (made.certificate().read_bytes(), made.key().read_bytes())
    assert read.name == "localhost"
    assert read_authorities(made.ca) == made.ca.read_bytes()


@pytest.mark.parametrize("hosts, name", [(("*.hooks.example",), "any.hooks.example"), (("::1",), "::1")])
def test_a_name_of_a_certificate_is_one_that_it_is_for(tmp_path: Path, hosts: tuple[str, ...], name: str) -> None:
    made = place(tmp_path)
    made.issue("server", *hosts)
    assert read_identity(made.certificate(), made.key()).name == name


def locked(key: Path) -> bytes:
    secret = load_pem_private_key(key.read_bytes(), None)
    return secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hunter2"))


BAD = ["no file", "a folder", "no certificate", "no key", "another key", "a key with a password"]
WORDS = [
    "server.pem: cannot be read: No such file",
    "server.pem: cannot be read: Is a directory",
    "server.pem: holds no certificate",
    "server.key: holds no private key",
    "server.key: is not the key of the certificate in .*server.pem",
    "server.key: the key must not have a password",
]


@pytest.mark.parametrize("what, words", list(zip(BAD, WORDS, strict=True)))
def test_what_is_wrong_is_told_by_the_file(tmp_path: Path, what: str, words: str) -> None:
    made = place(tmp_path, "server", "other")
    certificate, key = made.certificate(), made.key()
    match what:
        case "no file":
            certificate.unlink()
        case "a folder":
            certificate.unlink()
            certificate.mkdir()
        case "no certificate":
            certificate.write_text("hunter2")
        case "no key":
            key.write_text("hunter2")
        case "another key":
            key.write_bytes(made.key("other").read_bytes())
        case _:
            key.write_bytes(locked(key))
    with pytest.raises(TlsUnusable, match=words) as caught:
        read_identity(certificate, key)
    assert "hunter2" not in str(caught.value)


def test_a_file_of_authorities_holds_at_least_one(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    with pytest.raises(TlsUnusable, match=r"ca.pem: holds no certificate"):
        read_authorities(tmp_path / "ca.pem")
