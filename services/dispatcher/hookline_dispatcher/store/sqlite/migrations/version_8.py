"""What stands behind a count can be listed: the objects of an element, when they moved, and what an element fired."""

SCRIPT = """
ALTER TABLE element ADD COLUMN move_time INTEGER NOT NULL DEFAULT 0;
CREATE INDEX element_by_name ON element (account_id, kind, definition_id, element);
CREATE INDEX delivery_by_firer ON delivery (account_id, fired_by) WHERE fired_by <> '';
"""
