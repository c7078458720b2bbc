"""Which definitions ask who is on which campaign's map.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"

DEFINITION = ("account_id", "kind", "definition_id")


def upgrade() -> None:
    """Make the table; no definition could ask before."""
    op.create_table(
        "campaign_use",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("campaign_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("definition_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.ForeignKeyConstraint(["account_id", "campaign_id"], ["campaign.account_id", "campaign.id"]),
        sa.ForeignKeyConstraint(DEFINITION, [f"definition.{name}" for name in ("account_id", "kind", "id")]),
    )
    op.create_index("ix_campaign_use_account_id_kind_definition_id", "campaign_use", DEFINITION)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("campaign_use")
