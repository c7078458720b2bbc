"""Options that say what requests show their receiver; what is secret is read from files and variables."""

import os
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum, auto
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf import json_format
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import authentication_pb2, subscription_pb2, tls_pb2

from hookline_cli.commands.one_by_id import Kind
from hookline_cli.commands.request_options import text_of
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

SecretHeadersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--secret-header",
        help="NAME=@FILE, NAME=env:VARIABLE or NAME=VALUE: kept sealed, not shown again. May be repeated.",
    ),
]
AuthenticationOption = Annotated[
    Path | None,
    typer.Option(
        "--authentication",
        help="A file with what goes into the Authorization header, as JSON of the API; - reads standard input.",
        allow_dash=True,
    ),
]
ClientCertificateOption = Annotated[
    Path | None, typer.Option("--client-certificate", help="A file with a certificate to show, PEM, its chain behind.")
]
ClientKeyOption = Annotated[
    Path | None, typer.Option("--client-key", help="A file with the private key of --client-certificate, PEM.")
]
ReceiverCaOption = Annotated[
    Path | None, typer.Option("--receiver-ca", help="A file with authorities to trust instead of the system's, PEM.")
]
_VARIABLE = "env:"


class Part(StrEnum):
    """What can be taken away, by the fields of the contract."""

    secret_headers = auto()
    authentication = auto()
    tls = auto()


def secret_headers(texts: list[str] | None) -> list[subscription_pb2.Header]:
    """The headers of --secret-header; raises typer.BadParameter, which shows no value."""
    return [_secret_header(each) for each in texts or ()]


def authentication_of(file: Path | None) -> authentication_pb2.Authentication | None:
    """What a file of --authentication says; raises typer.BadParameter."""
    if file is None:
        return None
    text = sys.stdin.read() if str(file) == "-" else text_of(file)
    try:
        return json_format.Parse(text, authentication_pb2.Authentication())
    except json_format.ParseError as error:
        raise typer.BadParameter(f"--authentication {file}: {_harmless(error)}") from None


def tls_of(certificate: Path | None, key: Path | None, authorities: Path | None) -> tls_pb2.TlsSettings | None:
    """What the files say; None where none is given. Raises typer.BadParameter."""
    if not (certificate or key or authorities):
        return None
    return tls_pb2.TlsSettings(
        client_certificate=text_of(certificate) if certificate else "",
        client_private_key=text_of(key) if key else "",
        ca_certificates=text_of(authorities) if authorities else "",
    )


def add_credentials(app: typer.Typer, kind: Kind) -> None:
    """Add the command that changes what a target shows its receiver."""
    argument = kind.id_argument

    async def credentials(
        session: Session,
        id: Annotated[int, argument],
        secret_header: SecretHeadersOption = None,
        authentication: AuthenticationOption = None,
        client_certificate: ClientCertificateOption = None,
        client_key: ClientKeyOption = None,
        receiver_ca: ReceiverCaOption = None,
        remove: Annotated[list[Part] | None, typer.Option(help="What is to go; may be repeated.")] = None,
    ) -> None:
        given = {
            Part.secret_headers: secret_headers(secret_header),
            Part.authentication: authentication_of(authentication),
            Part.tls: tls_of(client_certificate, client_key, receiver_ca),
        }
        changed = {str(part): value for part, value in given.items() if value}
        paths = _paths(changed, remove or [])
        target = getattr(kind.messages, kind.name)(id=id, **changed)
        fields = {kind.field: target, "update_mask": FieldMask(paths=paths)}
        registry = await session.registry()
        answer = await kind.answer(registry, f"Update{kind.name}", account_id=session.account_id, **fields)
        session.output.document(as_json(answer), kind.facts(getattr(answer, kind.field)))

    credentials.__doc__ = f"Replace what requests of a {kind.noun} show their receiver, each part as a whole."
    talks(app, "credentials")(credentials)


def _paths(changed: Mapping[str, object], removed: Sequence[str]) -> list[str]:
    if both := set(removed) & set(changed):
        raise typer.BadParameter(f"{min(both)} cannot be given and removed")
    if not (removed or changed):
        raise typer.BadParameter("nothing is to be changed: give at least one option")
    return [*changed, *dict.fromkeys(map(str, removed))]


def _secret_header(text: str) -> subscription_pb2.Header:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise typer.BadParameter("--secret-header takes NAME=VALUE, NAME=@FILE or NAME=env:VARIABLE")
    return subscription_pb2.Header(name=name.strip(), value=_value(name, value))


def _value(name: str, written: str) -> str:
    if written.startswith("@"):
        return text_of(Path(written[1:])).strip()
    if not written.startswith(_VARIABLE):
        return written
    variable = written.removeprefix(_VARIABLE)
    if variable not in os.environ:
        raise typer.BadParameter(f"--secret-header {name}: there is no variable {variable}")
    return os.environ[variable]


def _harmless(error: json_format.ParseError) -> str:
    """What is wrong, without the text that it is wrong with: a secret may stand there."""
    told = str(error)
    return told.splitlines()[0] if "no field named" in told else "it is not the JSON of an authentication"
