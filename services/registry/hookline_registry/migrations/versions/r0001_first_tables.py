"""The first tables.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables and start the counter of revisions at 1, so that no checkpoint is ever 0."""
    _counter()
    _account()
    _api_key()
    _object_type()
    _subscription()
    _config_item()
    _idempotent_create()
    op.execute("INSERT INTO counter (account_id, name, value) VALUES (0, 'revision', 1)")
    op.execute("INSERT INTO counter (account_id, name, value) VALUES (0, 'compacted', 0)")


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("plan", sa.Integer, nullable=False),
        sa.Column("global_rules", sa.Boolean, nullable=False),
        sa.Column("form_rules", sa.Boolean, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.Column("update_time", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
    )


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("application_id", sa.String(128), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.Column("expire_time", sa.BigInteger),
        sa.Column("revoke_time", sa.BigInteger),
        sa.Column("last_used_time", sa.BigInteger),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("application_id"),
    )


def _object_type() -> None:
    op.create_table(
        "object_type",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("folded_name", sa.String(512), nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.Column("update_time", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", "folded_name"),
    )


def _subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_name", sa.String(128), nullable=False),
        sa.Column("event_number", sa.BigInteger),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("content_type", sa.String(128), nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("max_retries", sa.Integer),
        sa.Column("ordered", sa.Boolean, nullable=False),
        sa.Column("dead_head", sa.Integer, nullable=False),
        sa.Column("timeout", sa.BigInteger),
        sa.Column("secret", sa.String(128), nullable=False),
        sa.Column("old_secret", sa.String(128)),
        sa.Column("old_secret_expire_time", sa.BigInteger),
        sa.Column("create_time", sa.BigInteger, nullable=False),
        sa.Column("update_time", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_subscription_account_id_event_name_id", "subscription", ["account_id", "event_name", "id"])


def _config_item() -> None:
    op.create_table(
        "config_item",
        sa.Column("kind", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("write_time", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "ix_config_item_revision_kind_account_id_id", "config_item", ["revision", "kind", "account_id", "id"]
    )
    op.create_index("ix_config_item_deleted_write_time", "config_item", ["deleted", "write_time"])


def _idempotent_create() -> None:
    op.create_table(
        "idempotent_create",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("method", sa.String(64), primary_key=True),
        sa.Column("request_id", sa.String(128), primary_key=True),
        sa.Column("request_hash", sa.LargeBinary, nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("create_time", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_idempotent_create_create_time", "idempotent_create", ["create_time"])


def downgrade() -> None:
    """Drop everything."""
    for table in (
        "idempotent_create",
        "config_item",
        "subscription",
        "object_type",
        "api_key",
        "account",
        "counter",
    ):
        op.drop_table(table)
