"""The files that certificates and keys stand in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class TlsUnusable(Exception):
    """A file does not hold what it should; the message names it and never shows what it holds."""


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """What a server shows: its chain and the key to it. Clients need a certificate of ``client_ca`` where it is set."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """Whom a client believes, and what it shows where it is asked: both files of its own, or neither."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None
