"""Bring a database to the newest schema, in code, when the registry starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from hookline_registry import dialect

_SCRIPTS = Path(__file__).parent / "migrations"


async def migrate(engine: AsyncEngine) -> None:
    """Run what is missing in one transaction; a second process that starts meanwhile waits for it."""
    async with engine.connect() as plain:
        connection = await plain.execution_options(**dialect.WRITE)
        async with connection.begin():
            await dialect.lock_for_migration(connection)
            await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
