"""Routes that were set aside can be looked at, repeated and dropped: by definition, object and order."""

SCRIPT = """
CREATE INDEX route_aside_own ON pending_route (account_id, kind, definition_id, object_type_id, object_id)
    WHERE aside_time > 0;
"""
