"""The keys that a service seals its secrets with, from a file or the environment."""

from __future__ import annotations

from typing import NoReturn

import structlog

from hookline_runtime.settings import PREFIX, Settings, SettingsError
from hookline_runtime.vault.keys import BadKeys, parse_keys, read_keys
from hookline_runtime.vault.renewing import Settled
from hookline_runtime.vault.vault import Vault

FILE = f"{PREFIX}SECRETS_KEY_FILE"
KEYS = f"{PREFIX}SECRETS_KEYS"

_log = structlog.get_logger(__name__)


def vault_of(settings: Settings) -> Vault:
    """What the settings seal secrets with; nothing where there is no key, and need be none.

    Raises:
        SettingsError: the keys cannot be read, or production goes without.
    """
    given = settings.secrets_keys.get_secret_value().strip() if settings.secrets_keys else ""
    file = settings.secrets_key_file
    if given and file:
        raise SettingsError(f"{KEYS}: must not be set beside {FILE}: one of them holds all the keys")
    try:
        if file:
            return Vault(read_keys(file))
        if given:
            return Vault(parse_keys(given) or _none())
    except BadKeys as error:
        raise SettingsError(f"{FILE if file else KEYS}: {error}") from None
    if settings.production:
        raise SettingsError(
            f"{FILE}: is required in production: a file with a key that secrets are sealed with, as"
            f" `hookline secrets new-key` makes it ({KEYS} takes the key itself)"
        )
    return Vault()


def tell(settled: Settled, store: str) -> None:
    """Tells the log how the secrets of a store, named for people, were found at the start."""
    found = settled.renewal
    if not found.vault.seals:
        _log.warning("secrets are stored in clear: set HOOKLINE_SECRETS_KEY_FILE", store=store)
    if found.were_clear or found.were_old:
        _log.info("sealed", store=store, were_clear=found.were_clear, were_under_other_keys=found.were_old)
    if settled.unscrubbed:
        _log.warning("free pages may hold what was sealed since: stop and run `hookline secrets rotate`", store=store)
    if found.unreadable:
        _log.error("signing secrets cannot be read: give new ones", store=store, count=found.unreadable, of=found.told)


def _none() -> NoReturn:
    raise BadKeys("holds no key")
