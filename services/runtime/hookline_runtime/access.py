"""Who calls, and what they may do.

A caller shows a key in the metadata: ``api-key`` (the secret) and ``api-appid`` (its name), or, as
another service of the same installation, ``service-key``. Only hashes of secrets are kept, and they
are compared in constant time; who does not know the secret learns nothing about the key.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from hookline.event.v1 import options_pb2

from hookline_runtime.clock import Clock
from hookline_runtime.errors import InvalidArgument, PermissionDenied, Unauthenticated, Violation

Metadata = Iterable[tuple[str, str | bytes]]


class KeyKind(enum.Enum):
    """For whom a key acts."""

    ACCOUNT = "account"
    OPERATOR = "operator"
    SERVICE = "service"


class Scope(enum.Enum):
    """What a key may do."""

    MANAGE = "manage"
    PUBLISH = "publish"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as it is kept; ``expire_time`` in microseconds, None for never."""

    application_id: str
    secret_hash: bytes
    kind: KeyKind
    account_id: int
    scopes: frozenset[Scope]
    expire_time: int | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls; ``account_id`` is 0 for operator and service keys."""

    kind: KeyKind
    account_id: int
    scopes: frozenset[Scope]
    application_id: str


class KeyFinder(Protocol):
    """Where keys are found."""

    async def find(self, application_id: str) -> KeyRecord | None:
        """The key with that name, or None."""
        ...

    def used(self, application_id: str, now: int) -> None:
        """Notes that the key was used at ``now``, in microseconds; must not block."""
        ...


SERVICE = Principal(KeyKind.SERVICE, 0, frozenset({Scope.READ}), "")

_SCOPES: dict[int, Scope] = {
    options_pb2.ACCESS_READ: Scope.READ,
    options_pb2.ACCESS_PUBLISH: Scope.PUBLISH,
    options_pb2.ACCESS_MANAGE: Scope.MANAGE,
    options_pb2.ACCESS_ADMIN: Scope.ADMIN,
}
_NAMES = frozenset({"api-key", "api-appid", "service-key"})
_WORDS: dict[int, str] = {number: name.removeprefix("ACCESS_").lower() for name, number in options_pb2.Access.items()}
_SECRET_BYTES = 32
_ID_BYTES = 16
_NO_HASH = bytes(32)

_principal: ContextVar[Principal] = ContextVar("hookline_principal")


def hash_secret(secret: str) -> bytes:
    """The SHA-256 of a secret; enough, because secrets are random and long."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """A fresh secret of 256 random bits."""
    return f"hl_key_{secrets.token_urlsafe(_SECRET_BYTES)}"


def new_application_id() -> str:
    """A fresh application id of 128 random bits."""
    return f"hl_app_{secrets.token_urlsafe(_ID_BYTES)}"


class Access:
    """Decides from an RPC's metadata who calls and whether they may."""

    def __init__(self, finder: KeyFinder, service_key: str | None, clock: Clock) -> None:
        self._finder = finder
        self._service_hash = hash_secret(service_key) if service_key else None
        self._clock = clock

    async def principal(self, metadata: Metadata, needed: int) -> Principal:
        """Who calls, once it is certain that they have the access ``needed``.

        ``needed`` is a ``hookline.event.v1.Access``.

        Raises:
            Unauthenticated: there is no key, or not a good one.
            PermissionDenied: the key is good, and not for this.
        """
        shown = {key: value for key, value in metadata if key in _NAMES and isinstance(value, str)}
        service_key = shown.get("service-key")
        if service_key is not None:
            principal = self._service(service_key)
        else:
            principal = await self._caller(shown.get("api-appid", ""), shown.get("api-key", ""))
        _permit(principal, needed)
        return principal

    def _service(self, shown: str) -> Principal:
        if self._service_hash is None or not hmac.compare_digest(hash_secret(shown), self._service_hash):
            raise Unauthenticated("the service key is not the one of this installation", reason="KEY_INVALID")
        return SERVICE

    async def _caller(self, application_id: str, secret: str) -> Principal:
        if not application_id or not secret:
            raise Unauthenticated("the metadata must hold api-key and api-appid", reason="KEY_MISSING")
        key = await self._finder.find(application_id)
        expected = key.secret_hash if key else _NO_HASH
        matches = hmac.compare_digest(hash_secret(secret), expected)
        if key is None or not matches:
            raise Unauthenticated("no key has this api-appid and api-key", reason="KEY_INVALID")
        now = self._clock.now()
        if key.revoked:
            raise Unauthenticated("the key was revoked", reason="KEY_REVOKED")
        if key.expire_time is not None and key.expire_time <= now:
            raise Unauthenticated("the key has expired", reason="KEY_EXPIRED")
        self._finder.used(application_id, now)
        return Principal(key.kind, key.account_id, key.scopes, application_id)


def current_principal() -> Principal:
    """Who calls the RPC that is being served here.

    Raises:
        LookupError: none is, or one that asks for no key.
    """
    return _principal.get()


def set_principal(principal: Principal) -> None:
    """Sets who calls, for the rest of the RPC that is being served; the interceptor does it."""
    _principal.set(principal)


def account_of(requested: int) -> int:
    """The account that the RPC is about, given the ``account_id`` of its request.

    Raises:
        PermissionDenied: it is not the account of the account key that calls.
        InvalidArgument: an operator or service key has to name the account, and did not.
    """
    principal = current_principal()
    if principal.kind is KeyKind.ACCOUNT:
        if requested not in (0, principal.account_id):
            raise PermissionDenied(
                "account_id must be the account of the key, or 0",
                reason="ACCOUNT_MISMATCH",
                metadata={"field": "account_id"},
            )
        return principal.account_id
    if not requested:
        raise InvalidArgument(Violation("account_id", "is required with an operator key"))
    return requested


def _permit(principal: Principal, needed: int) -> None:
    if not _permitted(principal, needed):
        metadata = {"access": _WORDS.get(needed, "unknown")}
        raise PermissionDenied(_lack(principal, needed), reason="SCOPE_MISSING", metadata=metadata)


def _lack(principal: Principal, needed: int) -> str:
    if needed == options_pb2.ACCESS_KEY:
        return "a service key is nobody's: only the key of an account or of the operator may call this"
    scope = _SCOPES.get(needed)
    if scope is None:
        return "only the services of this installation may call this, with their service key"
    if scope is Scope.ADMIN and principal.kind is not KeyKind.OPERATOR:
        return 'only an operator key with the scope "admin" may call this'
    return f'the key lacks the scope "{scope.value}"'


def _permitted(principal: Principal, needed: int) -> bool:
    if principal.kind is KeyKind.SERVICE:
        return needed in (options_pb2.ACCESS_SERVICE, options_pb2.ACCESS_READ)
    if needed == options_pb2.ACCESS_KEY:
        return True
    # No scope stands for ACCESS_SERVICE: what it shows (secrets, key hashes) is for no person's key, of whatever kind.
    scope = _SCOPES.get(needed)
    if scope is Scope.ADMIN and principal.kind is not KeyKind.OPERATOR:
        return False
    return scope is not None and scope in principal.scopes
