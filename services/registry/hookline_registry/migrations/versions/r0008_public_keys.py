"""Public keys of what is signed by Ed25519.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Add the column; so far shared secrets sign."""
    for table in ("subscription", "webhook"):
        op.add_column(table, sa.Column("public_key", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the column away; what is signed by Ed25519 then is of no use to the version before."""
    for table in ("subscription", "webhook"):
        op.drop_column(table, "public_key")
