"""Definitions of triggers, and which webhooks they fire.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "definition",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("object_type_id", sa.Integer, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("resolved", sa.JSON, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.Column("update_time", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", "kind", "number"),
    )
    op.create_index(
        "ix_definition_account_id_kind_object_type_id_id", "definition", ["account_id", "kind", "object_type_id", "id"]
    )
    op.create_table(
        "webhook_use",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("webhook_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("definition_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.ForeignKeyConstraint(["account_id", "webhook_id"], ["webhook.account_id", "webhook.id"]),
        sa.ForeignKeyConstraint(
            ["account_id", "kind", "definition_id"], ["definition.account_id", "definition.kind", "definition.id"]
        ),
    )
    op.create_index(
        "ix_webhook_use_account_id_kind_definition_id", "webhook_use", ["account_id", "kind", "definition_id"]
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("webhook_use")
    op.drop_table("definition")
