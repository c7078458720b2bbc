"""The file with the keys that secrets are sealed with, the first of which seals.

What always holds: a key is used only after the file that holds it is safe on disk. Without it, what it sealed is lost.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hookline_cli.failure import CliError, why
from hookline_runtime.vault.keys import BadKeys, SealingKey, new_key, parse_keys


def ensure_key(file: Path) -> None:
    """Makes the file, of mode 0600, with a key; one that is there stays."""
    if not file.exists():
        write_keys(file, [new_key()])


def read_keys(file: Path) -> tuple[SealingKey, ...]:
    """The keys of a file, at least one; raises CliError that says what is wrong with it."""
    try:
        keys = parse_keys(file.read_text())
    except BadKeys as error:
        raise CliError(f"{file} {error}") from None
    except OSError as error:
        raise CliError(f"cannot read {file}: {why(error)}") from None
    except UnicodeDecodeError:
        raise CliError(f"cannot read {file}: it is not text") from None
    if not keys:
        raise CliError(f"{file} holds no key")
    return keys


def write_keys(file: Path, keys: Sequence[SealingKey]) -> None:
    """Writes the file with mode 0600 so that it is whole or as before, and on disk; raises CliError."""
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".secrets-")
        try:
            with os.fdopen(descriptor, "w") as handle:
                handle.writelines(f"{key.text} # {key.id}\n" for key in keys)
                handle.flush()
                os.fsync(handle.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise CliError(f"cannot write {file}: {why(error)}") from None
