"""Room for sealed secrets; from here on an older version, which would sign with the envelopes, leaves the file alone.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Let the columns be longer where they are bounded. What is in them is sealed at the start, which has the keys."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("subscription", "webhook"):
        for column in ("secret", "old_secret"):
            op.alter_column(table, column, type_=sa.Text)


def downgrade() -> None:
    """Leave it: sealed secrets are of no use to the version before."""
