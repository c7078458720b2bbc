"""What requests show their receiver, and what connections to it trust.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"

_COLUMNS = ("authentication", "tls")


def upgrade() -> None:
    """Add the columns; so far there is nothing of the kind."""
    for table in ("subscription", "webhook"):
        for name in _COLUMNS:
            op.add_column(table, sa.Column(name, sa.JSON))


def downgrade() -> None:
    """Take the columns away; requests then go without."""
    for table in ("subscription", "webhook"):
        for name in _COLUMNS:
            op.drop_column(table, name)
