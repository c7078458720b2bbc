"""Subscriptions that settle.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"

COLUMNS = ("quiet", "longest")


def upgrade() -> None:
    """Add the two spans; those that stand settle for none."""
    for name in COLUMNS:
        op.add_column("subscription", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("subscription") as table:
        for name in COLUMNS:
            table.drop_column(name)
