"""A later start: the folder has its account and its keys, so that only the addresses in their file can be new.

It leaves the registry's database to the registry: to open it here takes a second before anything else can begin.
"""

from dataclasses import dataclass

from hookline_cli.credentials import Credentials, load, save
from hookline_cli.up.layout import Layout


@dataclass(frozen=True, slots=True)
class Ready:
    """The credentials of the folder, None where there is no file; made says that the keys are new."""

    credentials: Credentials | None
    made: bool


def begun(layout: Layout) -> bool:
    """Whether an earlier start got as far as the file with the keys, which are in the database before that."""
    return layout.database_file.exists() and layout.credentials_file.exists()


def renewed(layout: Layout) -> Credentials:
    """The keys of the file with the addresses of this start, which the file has from now on; raises CliError."""
    known = load(layout.credentials_file)
    current = known.at(layout.addresses())
    if current != known:
        save(current, layout.credentials_file)
    return current
