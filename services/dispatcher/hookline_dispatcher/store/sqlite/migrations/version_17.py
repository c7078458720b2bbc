"""What the audit log of the registry is to be told."""

SCRIPT = """
CREATE TABLE audit_outbox (
    seq INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE,
    entry BLOB NOT NULL
);
"""
