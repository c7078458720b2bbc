"""How methods of authentication are kept, and what certificates and keys may be saved: whatever is written there."""

import json

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from hookline_runtime.clock import now
from hookline_runtime.tls.to_receivers import ReceiverTls, receiver_context
from hookline_runtime.webhook.authentication import (
    Authentication,
    Basic,
    Bearer,
    ClientCredentials,
    Method,
    authentication_flaws,
    from_json,
    same_holder,
)
from hookline_runtime.webhook.receiver_tls import CERTIFICATE, KEY, authority_flaws, expiry_of, tls_flaws

CLIENT = ClientCredentials("https://a.example/", "id", ("a", "b"), "audience", "urn:x", True, "PEM")


@pytest.mark.parametrize("method", [Basic("mary"), Bearer(), CLIENT, ClientCredentials("https://a.example/", "id")])
def test_what_is_kept_is_read_again(method: Method) -> None:
    kept = Authentication(method, "hunter2")
    assert from_json(json.loads(json.dumps(kept.to_json))) == kept
    assert "hunter2" not in repr(kept)


def test_the_headers_of_those_that_ask_nobody() -> None:
    assert Authentication(Basic("Aladdin"), "open sesame").header == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="  # RFC 7617
    assert Authentication(Basic("test"), "123£").header == "Basic dGVzdDoxMjPCow=="
    assert Authentication(Bearer(), "mF_9.B5f-4.1JqM").header == "Bearer mF_9.B5f-4.1JqM"  # RFC 6750


@pytest.mark.parametrize(
    "one, other, same",
    [
        (Basic("mary"), Basic("mary"), True),
        (Basic("mary"), Basic("joe"), False),
        (Basic(), Bearer(), False),
        (Bearer(), Bearer(), True),
        (CLIENT, ClientCredentials("https://a.example/", "id"), True),
        (CLIENT, ClientCredentials("https://a.example/", "other"), False),
        (CLIENT, ClientCredentials("https://b.example/", "id"), False),
    ],
)
def test_whose_a_secret_is(one: Method, other: Method, same: bool) -> None:
    assert same_holder(one, other) is same


def test_authorities_for_a_token_url_that_needs_none() -> None:
    authority = trustme.CA().cert_pem.bytes().decode()
    found = authentication_flaws(ClientCredentials("http://a.example/", "id", authorities=authority))
    assert [each.path for each in found] == ["authentication.oauth2_client_credentials.ca_certificates"]


AUTHORITY = trustme.CA()
LEAF = AUTHORITY.issue_cert("client.example")
PEM = LEAF.cert_chain_pems[0].bytes().decode()
PRIVATE = LEAF.private_key_pem.bytes().decode()


def pem_of(key: PrivateKeyTypes, form: PrivateFormat, sealed: KeySerializationEncryption = NoEncryption()) -> str:
    return key.private_bytes(Encoding.PEM, form, sealed).decode()


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("key_type", [trustme.KeyType.ECDSA, trustme.KeyType.RSA])
def test_keys_of_every_usual_form_are_taken(form: PrivateFormat, key_type: trustme.KeyType) -> None:
    leaf = AUTHORITY.issue_cert("client.example", key_type=key_type)
    key = pem_of(load_pem_private_key(leaf.private_key_pem.bytes(), None), form)
    tls = ReceiverTls("".join(each.bytes().decode() for each in leaf.cert_chain_pems), key)
    assert list(tls_flaws(tls, now())) == []
    receiver_context(tls)


@pytest.mark.parametrize(
    "key, reason",
    [
        (pem_of(ec.generate_private_key(ec.SECP256R1()), PrivateFormat.PKCS8), "is not the key of"),
        (pem_of(ed25519.Ed25519PrivateKey.generate(), PrivateFormat.PKCS8), "is not the key of"),
        (pem_of(x25519.X25519PrivateKey.generate(), PrivateFormat.PKCS8), "is not the key of"),
        (pem_of(rsa.generate_private_key(65537, 1024), PrivateFormat.PKCS8), "is not the key of"),
        (
            pem_of(ec.generate_private_key(ec.SECP256R1()), PrivateFormat.PKCS8, BestAvailableEncryption(b"pw")),
            "must not have a password",
        ),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "must hold a private key"),
        ("", "is required"),
    ],
)
def test_keys_that_do_not_fit(key: str, reason: str) -> None:
    (flaw,) = tls_flaws(ReceiverTls(PEM, key), now())
    assert flaw.path == KEY
    assert reason in flaw.reason


def test_when_a_certificate_ends() -> None:
    assert list(tls_flaws(ReceiverTls(PEM, PRIVATE), expiry_of(PEM))) == []
    (flaw,) = tls_flaws(ReceiverTls(PEM, PRIVATE), expiry_of(PEM) + 1_000_000)
    assert (flaw.path, "has expired" in flaw.reason) == (CERTIFICATE, True)


@given(st.text(max_size=200), st.integers(0, len(PEM)), st.integers(0, len(PEM)))
def test_whatever_is_written_is_taken_or_refused(text: str, begin: int, end: int) -> None:
    spoilt = PEM[:begin] + text + PEM[end:]
    for tls in (ReceiverTls(spoilt, PRIVATE), ReceiverTls(PEM, PRIVATE[:begin] + text), ReceiverTls(text, text)):
        if tls.certificate and not list(tls_flaws(tls, now())):
            receiver_context(ReceiverTls(tls.certificate, tls.key, AUTHORITY.cert_pem.bytes().decode()))
            assert expiry_of(tls.certificate)
    if not list(authority_flaws("here", spoilt)):
        receiver_context(ReceiverTls(authorities=spoilt or PEM))
