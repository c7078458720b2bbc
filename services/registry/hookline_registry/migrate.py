"""Bring a database to the newest schema, in code, when the registry starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from hookline_registry import dialect

_SCRIPTS = Path(__file__).parent / "migrations"


async def migrate(engine: AsyncEngine) -> None:
    """Run what is missing in one transaction; a second process that starts meanwhile waits for it.

    Raises ValueError for a database of a later version.
    """
    async with engine.connect() as plain:
        connection = await plain.execution_options(**dialect.WRITE)
        async with connection.begin():
            await dialect.lock_for_migration(connection)
            await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # it does not know the revision that the database is at
        raise ValueError("the database is of a later version of Hookline than this one") from None
