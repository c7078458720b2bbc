"""How requests show a receiver who sends them: the methods, as both registry and dispatcher keep them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from hookline_runtime.egress.policy import PUBLIC, Policy
from hookline_runtime.egress.written import url_faults
from hookline_runtime.webhook.receiver_tls import authority_flaws
from hookline_runtime.webhook.refusals import WebhookFlaw

HEADER = "Authorization"
"""The header that all methods use."""


@dataclass(frozen=True, slots=True)
class Basic:
    """A name and a password."""

    username: str = ""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that does not change."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A token that is fetched (RFC 6749, section 4.4); `in_body` says that id and secret are sent there."""

    token_url: str
    client_id: str
    scopes: tuple[str, ...] = ()
    audience: str = ""
    resource: str = ""
    in_body: bool = False
    authorities: str = ""


Method: TypeAlias = Basic | Bearer | ClientCredentials
_NAMES: Mapping[type[Method], str] = {
    Basic: "basic",
    Bearer: "bearer",
    ClientCredentials: "oauth2_client_credentials",
}
_METHODS = {name: kind for kind, name in _NAMES.items()}
_SECRETS = {"basic": "password", "bearer": "token", "oauth2_client_credentials": "client_secret"}


@dataclass(frozen=True, slots=True)
class Authentication:
    """A method with its secret, which is as it is kept, or opened."""

    method: Method
    secret: str = field(repr=False)

    @property
    def name(self) -> str:
        """The method's name in the contract."""
        return _NAMES[type(self.method)]

    @property
    def secret_path(self) -> str:
        """Where the contract has the secret, below the target."""
        return f"authentication.{self.name}.{_SECRETS[self.name]}"

    @property
    def place(self) -> str:
        """The field that a sealed secret is bound to."""
        return f"authentication:{self.name}"

    @property
    def header(self) -> str:
        """What the Authorization header says, of methods that need not ask anybody; the secret is opened."""
        match self.method:
            case Basic():
                pair = f"{self.method.username}:{self.secret}"
                return "Basic " + base64.b64encode(pair.encode()).decode()
            case _:
                return f"Bearer {self.secret}"

    @property
    def to_json(self) -> dict[str, Any]:
        """It as plain values."""
        return {"method": self.name, "secret": self.secret, **asdict(self.method)}


def from_json(kept: Mapping[str, Any]) -> Authentication:
    """Read what `to_json` gave."""
    values = {name: value for name, value in kept.items() if name not in ("method", "secret")}
    if "scopes" in values:
        values["scopes"] = tuple(values["scopes"])
    return Authentication(_METHODS[kept["method"]](**values), kept["secret"])


def same_holder(one: Method, other: Method) -> bool:
    """Say whether a secret of the one is the other's, too: it belongs to a user, or to a client of a token server."""
    match one, other:
        case ClientCredentials(), ClientCredentials():
            return (one.token_url, one.client_id) == (other.token_url, other.client_id)
        case _:
            return one == other


def authentication_flaws(method: Method, egress: Policy = PUBLIC) -> Iterator[WebhookFlaw]:
    """Give what is wrong with a method beyond the rules in the contract."""
    if not isinstance(method, ClientCredentials):
        return
    at = "authentication.oauth2_client_credentials"
    for fault in url_faults(method.token_url, egress):
        yield WebhookFlaw(f"{at}.token_url", fault)
    yield from authority_flaws(f"{at}.ca_certificates", method.authorities)
    if method.authorities and not method.token_url.lower().startswith("https://"):
        yield WebhookFlaw(f"{at}.ca_certificates", "are for an https token_url only")
