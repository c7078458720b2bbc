"""The audit log is append-only on PostgreSQL, too; in SQLite a row cannot be replaced by inserting it again either.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision: str | None = "0012"

# REPLACE deletes without the trigger for DELETE.
_SQLITE = """
CREATE TRIGGER audit_entry_is_new BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR report_id = NEW.report_id)
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
"""
_FUNCTION = """
CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' AND OLD.create_time < coalesce(
        (SELECT value FROM counter WHERE account_id = 0 AND name = 'audit_kept'), 0
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit entries go by their age alone' USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
_POSTGRESQL = (
    _FUNCTION,
    "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_stays()",
    "CREATE TRIGGER audit_entries_stay BEFORE TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays()",
)


def upgrade() -> None:
    """Add the triggers."""
    dialect = op.get_bind().dialect.name
    for statement in {"sqlite": (_SQLITE,), "postgresql": _POSTGRESQL}.get(dialect, ()):
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entry_is_new")
        return
    op.execute("DROP TRIGGER IF EXISTS audit_entries_stay ON audit_entry")
    op.execute("DROP TRIGGER IF EXISTS audit_entry_stays ON audit_entry")
    op.execute("DROP FUNCTION IF EXISTS audit_entry_stays()")
