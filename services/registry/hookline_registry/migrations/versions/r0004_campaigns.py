"""Campaigns: what is more to them than to other definitions.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "campaign",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("reentry_allowed", sa.Boolean, nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("published", sa.JSON),
        sa.Column("publish_time", sa.BigInteger),
        sa.Column("changed", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("campaign")
