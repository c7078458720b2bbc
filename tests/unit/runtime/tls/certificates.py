"""Authorities and what they issue, in files, as an operator has them."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from hookline_runtime.tls.files import ClientFiles, ServerFiles


@dataclass(frozen=True)
class Place:
    """A folder with an authority, ``ca.pem``, and what it issued: ``NAME.pem`` and ``NAME.key``."""

    folder: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.authority.cert_pem.write_to_path(str(self.ca))

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def certificate(self, name: str = "server") -> Path:
        return self.folder / f"{name}.pem"

    def key(self, name: str = "server") -> Path:
        return self.folder / f"{name}.key"

    def issue(self, name: str = "server", *hosts: str) -> None:
        """Puts a new certificate and its key in the place of those that are there."""
        issued = self.authority.issue_cert(*(hosts or ("localhost", "127.0.0.1")))
        self.certificate(name).write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(self.key(name)))

    def server(self, *, mutual: bool = False) -> ServerFiles:
        return ServerFiles(self.certificate(), self.key(), self.ca if mutual else None)

    def client(self, name: str | None = None) -> ClientFiles:
        return ClientFiles(self.ca, self.certificate(name), self.key(name)) if name else ClientFiles(self.ca)


def place(folder: Path, *names: str) -> Place:
    """An authority with certificates of these names; one for a server where none is given."""
    made = Place(folder)
    for name in names or ("server",):
        made.issue(name)
    return made


def shown(port: int) -> str:
    """The certificate that a server on this machine shows to a new connection, believed or not."""
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=20)
