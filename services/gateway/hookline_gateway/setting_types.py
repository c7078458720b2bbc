"""Kinds of settings that only the gateway has."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from hookline_gateway.console.sealing import KEY_BYTES

_PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")


def networks(value: str) -> tuple[str, ...]:
    """The networks in a setting that names several.

    Raises:
        ValueError: it names something else.
    """
    named = tuple(each for part in value.split(",") if (each := part.strip()))
    for each in named:
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise ValueError("must be addresses or networks, separated by commas, such as 10.0.0.0/8,::1") from None
    return named


def sealing_key(value: SecretStr) -> bytes:
    """The bytes of a sealing key.

    Raises:
        ValueError: they are not as many as they have to be.
    """
    try:
        key = base64.b64decode(value.get_secret_value().strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"must be {KEY_BYTES} random bytes in base64, as `openssl rand -base64 {KEY_BYTES}` prints them"
        )
    return key


def _networks(value: str) -> str:
    networks(value)
    return value


def _sealing_key(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        sealing_key(value)
    return value


def _public_url(value: str) -> str:
    if value and not _PUBLIC_URL.fullmatch(value):
        raise ValueError("must be the address of this gateway as others see it, such as https://hooks.example")
    return value


_none_for_empty = BeforeValidator(lambda value: None if value == "" else value)

PerMinute = Annotated[int, Field(ge=1, le=100_000)]
OptionalPerMinute = Annotated[PerMinute | None, _none_for_empty]
Networks = Annotated[str, AfterValidator(_networks)]
OptionalSealingKey = Annotated[SecretStr | None, AfterValidator(_sealing_key), _none_for_empty]
OptionalFolder = Annotated[Path | None, _none_for_empty]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
