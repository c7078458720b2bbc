"""The file with the keys that secrets are sealed with, the first of which seals.

What always holds: a key is used only after the file that holds it is safe on disk. Without it, what it sealed is lost.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hookline_cli.failure import CliError, why
from hookline_runtime.vault import keys
from hookline_runtime.vault.keys import SealingKey


def ensure_key(file: Path) -> None:
    """Makes the file, of mode 0600, with a key; one that is there stays."""
    if not file.exists():
        write_keys(file, [keys.new_key()])


def read_keys(file: Path) -> tuple[SealingKey, ...]:
    """The keys of a file, at least one; raises CliError that says what is wrong with it."""
    try:
        return keys.read_keys(file)
    except keys.BadKeys as error:
        raise CliError(str(error)) from None


def write_keys(file: Path, wanted: Sequence[SealingKey]) -> None:
    """Writes the file with mode 0600 so that it is whole or as before, and on disk; raises CliError."""
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".secrets-")
        try:
            with os.fdopen(descriptor, "w") as handle:
                handle.writelines(f"{key.text} # {key.id}\n" for key in wanted)
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
