"""Options that subscriptions and webhooks share: how their requests are made."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from hookline.registry.v1 import subscription_pb2

from hookline_cli.failure import why

_MEDIA_TYPES = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "xml": "application/xml",
    "text": "text/plain",
}
HeadersOption = Annotated[list[str] | None, typer.Option("--header", help="NAME:VALUE, may be repeated.")]
PerMinuteOption = Annotated[int | None, typer.Option(help="At most so many requests a minute, 1 to 180.")]
RetriesOption = Annotated[int | None, typer.Option(help="0 to 180; 10 when left out.")]
OrderedOption = Annotated[bool, typer.Option("--ordered", help="Keep the order per object.")]
TimeoutOption = Annotated[float | None, typer.Option(help="Seconds for one attempt, 1 to 60.")]
OverlapOption = Annotated[float | None, typer.Option(help="Hours that the old one stays valid, 0 to 168.")]
SecretOption = Annotated[
    Path | None,
    typer.Option("--secret-file", help="A file with the signing secret, whsec_...; left out: one is made."),
]


class Signature(StrEnum):
    """How requests are signed."""

    HMAC = "hmac"
    ED25519 = "ed25519"


SignatureOption = Annotated[
    Signature | None, typer.Option(help="By a shared secret (v1) or by a key pair, whose public key is shown (v1a).")
]


class DeadHead(StrEnum):
    """What an ordered lane does with a dead head."""

    skip = "skip"
    block = "block"

    @property
    def number(self) -> "subscription_pb2.DeadHead.ValueType":
        """The contract's number."""
        return subscription_pb2.DeadHead.Value(f"DEAD_HEAD_{self.upper()}")


DeadHeadOption = Annotated[DeadHead, typer.Option(help="What a dead delivery does to its order.")]


def media_type(text: str) -> str:
    """The media type of a short name; any other text as it is."""
    return _MEDIA_TYPES.get(text, text)


def headers(texts: list[str] | None) -> list[subscription_pb2.Header]:
    """The headers of --header; raises typer.BadParameter."""
    return [_header(each) for each in texts or ()]


def _header(text: str) -> subscription_pb2.Header:
    name, colon, value = text.partition(":")
    if not colon:
        raise typer.BadParameter(f"{json.dumps(text)} is not NAME:VALUE")
    return subscription_pb2.Header(name=name.strip(), value=value.strip())


def secret_of(file: Path | None) -> str:
    """The secret in a file, which keeps it out of the list of processes; empty: the server makes one."""
    return "" if file is None else text_of(file).strip()


def text_of(file: Path) -> str:
    """What stands in a file; raises typer.BadParameter."""
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {why(error)}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"cannot read {file}: it is not text") from None


def scheme_of(signature: Signature | None) -> subscription_pb2.SignatureScheme.ValueType:
    """The scheme as the contract has it; nothing asked for is that of the secret, or of before."""
    match signature:
        case None:
            return subscription_pb2.SIGNATURE_SCHEME_UNSPECIFIED
        case Signature.HMAC:
            return subscription_pb2.SIGNATURE_SCHEME_HMAC_SHA256
        case Signature.ED25519:
            return subscription_pb2.SIGNATURE_SCHEME_ED25519
