"""Bring a database to the newest schema, in code, when the registry starts."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from hookline_registry import dialect

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


async def migrate(engine: AsyncEngine) -> None:
    """Run what is missing in one transaction; a second process that starts meanwhile waits for it.

    Raises ValueError for a database of a later version.
    """
    async with engine.connect() as connection, connection.begin():
        if await connection.run_sync(_version) == newest():
            return
    async with engine.connect() as plain:
        connection = await plain.execution_options(**dialect.WRITE)
        async with connection.begin():
            await dialect.lock_for_migration(connection)
            await connection.run_sync(_upgrade)


def newest() -> str:
    """The revision that a database of this version is at, from the names of the migrations' files."""
    last = max(file.name for file in (_SCRIPTS / "versions").glob("r[0-9]*_*.py"))
    return last[1:].partition("_")[0]


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION_TABLE}"))  # noqa: S608  # our own
    return version


def _upgrade(connection: Connection) -> None:
    # It takes a tenth of a second to import, which every start but the first and that after an upgrade does without.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # it does not know the revision that the database is at
        raise ValueError("the database is of a later version of Hookline than this one") from None
