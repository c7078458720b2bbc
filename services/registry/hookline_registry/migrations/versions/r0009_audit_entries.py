"""Who changed what.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"

_UPDATE = """
CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
"""
_DELETE = """
CREATE TRIGGER audit_entry_is_kept BEFORE DELETE ON audit_entry
WHEN OLD.create_time >= coalesce((SELECT value FROM counter WHERE account_id = 0 AND name = 'audit_kept'), 0)
BEGIN SELECT RAISE(ABORT, 'audit entries go by their age alone'); END
"""


def upgrade() -> None:
    """Make the table; what was done so far was not noted."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("application_id", sa.String(128), nullable=False),
        sa.Column("operator", sa.Boolean, nullable=False),
        sa.Column("method", sa.String(128), nullable=False),
        sa.Column("resource", sa.String(512), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("before", sa.LargeBinary, nullable=False),
        sa.Column("after", sa.LargeBinary, nullable=False),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("peer", sa.String(128), nullable=False),
        sa.Column("report_id", sa.String(64)),
        sa.UniqueConstraint("report_id", name="uq_audit_entry_report_id"),
    )
    op.create_index("ix_audit_entry_account_id_id", "audit_entry", ("account_id", "id"))
    op.create_index("ix_audit_entry_create_time", "audit_entry", ("create_time",))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_UPDATE)
        op.execute(_DELETE)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("audit_entry")
