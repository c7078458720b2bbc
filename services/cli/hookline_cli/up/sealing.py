"""What the services of one machine seal secrets with: what the operator brings, or a key that is made here."""

from collections.abc import Mapping
from pathlib import Path

from hookline_cli.secrets.key_file import ensure_key

FILE, KEYS = "HOOKLINE_SECRETS_KEY_FILE", "HOOKLINE_SECRETS_KEYS"


def with_sealing_key(environment: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment of all services, with a key: unless it names some, with those of the file, which is made."""
    if environment.get(FILE) or environment.get(KEYS):
        return dict(environment)
    ensure_key(file)
    return {**environment, FILE: str(file)}
