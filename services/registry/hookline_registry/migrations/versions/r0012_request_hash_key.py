"""Room for the key under which requests are hashed; a start makes it, and brings what is hashed so far under it.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Make the table; the key is made at the start, which has what seals it."""
    op.create_table(
        "request_hash_key",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop the key, and with it what was hashed under it."""
    op.execute("DELETE FROM idempotent_create")
    op.drop_table("request_hash_key")
