"""What requests show their receiver, from files and variables; what is wrong is told without what is secret."""

from pathlib import Path

import pytest
import typer
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import authentication_pb2, subscription_pb2, tls_pb2, webhook_pb2

from hookline_cli.commands.receiver_options import authentication_of, secret_headers, tls_of
from hookline_cli.commands.rendering import subscription_facts, webhook_facts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def test_values_of_headers_come_from_files_and_variables(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("from a file\n")
    monkeypatch.setenv("MINE", "from a variable")
    given = secret_headers([f"X-One=@{file}", "X-Two=env:MINE", " X-Three =a=b", "X-Four="])
    assert [(each.name, each.value) for each in given] == [
        ("X-One", "from a file"),
        ("X-Two", "from a variable"),
        ("X-Three", "a=b"),
        ("X-Four", ""),
    ]
    assert secret_headers(None) == []


@pytest.mark.parametrize("text", ["canary", "=canary", "X-One=@/nowhere/at/all", "X-One=env:NOT_THERE_AT_ALL"])
def test_wrong_headers(text: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        secret_headers([text])
    assert "canary" not in str(refused.value)


def test_an_authentication_is_the_json_of_the_api(file: Path) -> None:
    file.write_text(
        '{"oauth2_client_credentials": {"token_url": "https://a.example/", "client_id": "b", "scopes": ["c"]}}'
    )
    asked = authentication_pb2.OAuth2ClientCredentials(token_url="https://a.example/", client_id="b", scopes=["c"])
    assert authentication_of(file) == authentication_pb2.Authentication(oauth2_client_credentials=asked)
    assert authentication_of(None) is None


@pytest.mark.parametrize(
    "text, word",
    [
        ("canary", "it is not the JSON of an authentication"),
        ('{"basic": {"password": ["canary"]}}', "it is not the JSON of an authentication"),
        ('{"basik": {"password": "canary"}}', 'no field named "basik"'),
    ],
)
def test_a_wrong_authentication(file: Path, text: str, word: str) -> None:
    file.write_text(text)
    with pytest.raises(typer.BadParameter) as refused:
        authentication_of(file)
    assert word in str(refused.value)
    assert "canary" not in str(refused.value)


def test_certificates_and_keys_are_read(file: Path) -> None:
    file.write_text("PEM")
    assert tls_of(file, file, None) == tls_pb2.TlsSettings(client_certificate="PEM", client_private_key="PEM")
    assert tls_of(None, None, file) == tls_pb2.TlsSettings(ca_certificates="PEM")
    assert tls_of(None, None, None) is None


def test_what_is_shown_of_it() -> None:
    client = authentication_pb2.OAuth2ClientCredentials(token_url="https://a.example/", client_id="b")
    shown = {
        "secret_headers": [subscription_pb2.Header(name="X-One")],
        "authentication": authentication_pb2.Authentication(oauth2_client_credentials=client),
        "tls": tls_pb2.TlsSettings(
            client_certificate="PEM",
            ca_certificates="PEM",
            client_certificate_expire_time=Timestamp(seconds=1_900_000_000),
        ),
    }
    for text in (
        str(subscription_facts(subscription_pb2.Subscription(**shown))),  # type: ignore[arg-type]
        str(webhook_facts(webhook_pb2.Webhook(**shown))),  # type: ignore[arg-type]
    ):
        for word in ("X-One", "oauth2 client credentials: b at https://a.example/", "until 2030", "of its own"):
            assert word in text
        assert "PEM" not in text
    assert "authentication" not in str(subscription_facts(subscription_pb2.Subscription()))
