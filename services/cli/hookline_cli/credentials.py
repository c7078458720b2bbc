"""Who is calling and where the services are: the file that `hookline up` writes, flags, and the environment.

A flag beats its environment variable, which beats the file. Nothing here prints a secret.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from hookline_cli.address import parse_address
from hookline_cli.failure import CliError, why
from hookline_runtime.tls.files import ClientFiles

FILE_NAME = "credentials.json"
DEFAULT_DATA = Path("hookline-data")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The four addresses of an installation, each HOST:PORT, and the files for TLS, if it has any."""

    http: str = "127.0.0.1:7700"
    registry: str = "127.0.0.1:7701"
    dispatcher: str = "127.0.0.1:7702"
    metrics: str = "127.0.0.1:7703"
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What credentials.json holds: an account with its key, an operator key, and the addresses."""

    account_id: int
    api_key: str
    api_appid: str
    operator_key: str
    operator_appid: str
    http: str
    registry: str
    dispatcher: str
    metrics: str
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""

    def at(self, addresses: Addresses) -> "Credentials":
        """The same keys with other addresses."""
        return replace(self, **asdict(addresses))

    @property
    def tls(self) -> ClientFiles | None:
        """How the services are believed; None: they are spoken to in plain text."""
        return tls_files(
            *(Path(each) if each else None for each in (self.ca_file, self.certificate_file, self.key_file))
        )


@dataclass(frozen=True, slots=True)
class Access:
    """What one command needs: a key and the two addresses; account_id 0 stands for the key's own account."""

    api_key: str
    api_appid: str
    registry: str
    dispatcher: str
    tls: ClientFiles | None = None


def save(credentials: Credentials, file: Path) -> None:
    """Writes the file with mode 0600 so that it is whole or not there at all."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".credentials-")
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(json.dumps(asdict(credentials), indent=2) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(file: Path) -> Credentials:
    """Reads the file, with the usual addresses where it has none; raises CliError that says what is wrong with it."""
    try:
        document = json.loads(file.read_text())
    except FileNotFoundError:
        raise CliError(
            f"there is no {file}: `hookline up` writes it, or point --data-dir or --credentials at it"
        ) from None
    except OSError as error:
        raise CliError(f"cannot read {file}: {why(error)}") from None
    except ValueError:
        raise CliError(f"cannot read {file}: it is not JSON") from None
    if not isinstance(document, dict):
        raise CliError(f"{file} is no credentials file: it is not a JSON object")
    document = {**asdict(Addresses()), **document}
    names = [each.name for each in fields(Credentials)]
    missing = [name for name in names if name not in document]
    if missing:
        raise CliError(f"{file} is no credentials file: it lacks {', '.join(missing)}")
    return Credentials(**{name: document[name] for name in names})


@dataclass(frozen=True, slots=True)
class AccessFlags:
    """The flags of a command that say who calls whom; None where a flag and its variable are not set."""

    data: Path | None = None
    credentials: Path | None = None
    api_key: str | None = None
    api_appid: str | None = None
    registry: str | None = None
    dispatcher: str | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    operator: bool = False

    def resolve(self) -> Access:
        """The access for a command; raises CliError when it cannot be told."""
        if (self.api_key is None) != (self.api_appid is None):
            raise CliError("an api key and its application id belong together: give --api-key and --api-appid")
        if self.operator and self.api_key:
            raise CliError("--operator takes the key of the credentials file: leave out --api-key")
        explicit = self.credentials is not None or self.data is not None
        file = self.credentials or (self.data or DEFAULT_DATA) / FILE_NAME
        if self.api_key and self.api_appid and not (explicit and file.exists()):
            known = Addresses()
            return self._access(self.api_key, self.api_appid, known.registry, known.dispatcher, None)
        saved = load(file)
        key, appid = saved.api_key, saved.api_appid
        if self.api_key and self.api_appid:
            key, appid = self.api_key, self.api_appid
        elif self.operator:
            key, appid = saved.operator_key, saved.operator_appid
        return self._access(key, appid, saved.registry, saved.dispatcher, saved.tls)

    def _access(self, key: str, appid: str, registry: str, dispatcher: str, tls: ClientFiles | None) -> Access:
        return Access(
            key,
            appid,
            _known("registry", self.registry, registry),
            _known("dispatcher", self.dispatcher, dispatcher),
            tls_files(self.ca_file, self.certificate_file, self.key_file) or tls,
        )


def tls_files(ca: Path | None, certificate: Path | None, key: Path | None) -> ClientFiles | None:
    """The files for TLS, None without any; raises CliError where one is missing."""
    if (certificate is None) != (key is None):
        raise CliError("a certificate and its key belong together: give --certificate-file and --key-file")
    if ca is None and certificate is not None:
        raise CliError("--certificate-file needs --ca-file, by which the services are believed")
    return ClientFiles(ca, certificate, key) if ca else None


def _known(name: str, flag: str | None, otherwise: str) -> str:
    """The address of a flag, or the other one; raises CliError for a flag that is none."""
    try:
        return str(parse_address(flag)) if flag else otherwise
    except ValueError as error:
        raise CliError(f"--{name}: {error}") from None
