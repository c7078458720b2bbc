"""The tables of registry.db as SQLAlchemy sees them; `migrations/` makes them.

Times are microseconds since the epoch. Ids count per account. Account 0 stands for the installation: operator
keys and the counter of revisions are its own.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_SECRET = String(128).with_variant(Text(), "postgresql")
"""An envelope is longer than what it was made for, which only PostgreSQL minds."""

counter = Table(
    "counter",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("plan", Integer, nullable=False),
    Column("global_rules", Boolean, nullable=False),
    Column("form_rules", Boolean, nullable=False),
    Column("create_time", BigInteger, nullable=False),
    Column("update_time", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("application_id", String(128), nullable=False),
    Column("name", String(200), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("create_time", BigInteger, nullable=False),
    Column("expire_time", BigInteger),
    Column("revoke_time", BigInteger),
    Column("last_used_time", BigInteger),
    Column("revision", BigInteger, nullable=False),
    UniqueConstraint("application_id"),
)

object_type = Table(
    "object_type",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(128), nullable=False),
    Column("folded_name", String(512), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("create_time", BigInteger, nullable=False),
    Column("update_time", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    UniqueConstraint("account_id", "folded_name"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("event_name", String(128), nullable=False),
    Column("event_number", BigInteger),
    Column("url", String(2048), nullable=False),
    Column("format", Integer, nullable=False),
    Column("content_type", String(128), nullable=False),
    Column("headers", JSON, nullable=False),
    Column("requests_per_minute", Integer),
    Column("max_retries", Integer),
    Column("ordered", Boolean, nullable=False),
    Column("dead_head", Integer, nullable=False),
    Column("timeout", BigInteger),
    Column("quiet", BigInteger, nullable=False, server_default="0"),
    Column("longest", BigInteger, nullable=False, server_default="0"),
    Column("secret", _SECRET, nullable=False),
    Column("old_secret", _SECRET),
    Column("old_secret_expire_time", BigInteger),
    Column("public_key", String(64), nullable=False, server_default=""),
    Column("secret_headers", JSON, nullable=False, server_default="[]"),
    Column("authentication", JSON(none_as_null=True)),
    Column("tls", JSON(none_as_null=True)),
    Column("create_time", BigInteger, nullable=False),
    Column("update_time", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index(None, "account_id", "event_name", "id"),
)

webhook = Table(
    "webhook",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(128), nullable=False),
    Column("object_type_id", Integer, nullable=False),
    Column("url", String(2048), nullable=False),
    Column("method", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("data", Text, nullable=False),
    Column("content_type", String(128), nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("names", JSON, nullable=False),
    Column("requests_per_minute", Integer),
    Column("max_retries", Integer),
    Column("ordered", Boolean, nullable=False),
    Column("dead_head", Integer, nullable=False),
    Column("timeout", BigInteger),
    Column("secret", _SECRET, nullable=False),
    Column("old_secret", _SECRET),
    Column("old_secret_expire_time", BigInteger),
    Column("public_key", String(64), nullable=False, server_default=""),
    Column("secret_headers", JSON, nullable=False, server_default="[]"),
    Column("authentication", JSON(none_as_null=True)),
    Column("tls", JSON(none_as_null=True)),
    Column("create_time", BigInteger, nullable=False),
    Column("update_time", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index(None, "account_id", "object_type_id", "id"),
)

definition = Table(
    "definition",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(128), nullable=False),
    Column("object_type_id", Integer, nullable=False),
    Column("number", BigInteger),
    Column("body", JSON, nullable=False),
    Column("resolved", JSON, nullable=False),
    Column("create_time", BigInteger, nullable=False),
    Column("update_time", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    UniqueConstraint("account_id", "kind", "number"),
    Index(None, "account_id", "kind", "object_type_id", "id"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("reentry_allowed", Boolean, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("published", JSON(none_as_null=True)),
    Column("publish_time", BigInteger),
    Column("changed", Boolean, nullable=False),
)

webhook_use = Table(
    "webhook_use",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("webhook_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("definition_id", BigInteger, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["account_id", "webhook_id"], ["webhook.account_id", "webhook.id"]),
    ForeignKeyConstraint(
        ["account_id", "kind", "definition_id"], ["definition.account_id", "definition.kind", "definition.id"]
    ),
    Index(None, "account_id", "kind", "definition_id"),
)

campaign_use = Table(
    "campaign_use",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("campaign_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("definition_id", BigInteger, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["account_id", "campaign_id"], ["campaign.account_id", "campaign.id"]),
    ForeignKeyConstraint(
        ["account_id", "kind", "definition_id"], ["definition.account_id", "definition.kind", "definition.id"]
    ),
    Index(None, "account_id", "kind", "definition_id"),
)

config_item = Table(
    "config_item",
    metadata,
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("write_time", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "revision", "kind", "account_id", "id"),
    Index(None, "deleted", "write_time"),
)

idempotent_create = Table(
    "idempotent_create",
    metadata,
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    Column("method", String(64), primary_key=True),
    Column("request_id", String(128), primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("resource_id", BigInteger, nullable=False),
    Column("create_time", BigInteger, nullable=False),
    Index(None, "create_time"),
)

request_hash_key = Table(
    "request_hash_key",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
)
"""One row: the key of `request_hash`, sealed."""

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("create_time", BigInteger, nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("application_id", String(128), nullable=False),
    Column("operator", Boolean, nullable=False),
    Column("method", String(128), nullable=False),
    Column("resource", String(512), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
    Column("request_id", String(128), nullable=False),
    Column("peer", String(128), nullable=False),
    Column("report_id", String(64)),
    UniqueConstraint("report_id"),
    Index(None, "account_id", "id"),
    Index(None, "create_time"),
)
"""Triggers of the migration keep rows from being changed, and from being deleted before their time."""
