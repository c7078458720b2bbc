"""What Alembic runs: the migrations over the connection that `hookline_registry.migrate` hands in."""

from alembic import context
from sqlalchemy.engine import Connection

from hookline_registry.schema import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
