"""Headers whose values are secret.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Add the column; so far there are none."""
    for table in ("subscription", "webhook"):
        op.add_column(table, sa.Column("secret_headers", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take the column away; requests then go without these headers."""
    for table in ("subscription", "webhook"):
        op.drop_column(table, "secret_headers")
