"""What was not delivered is found by its reason, and by its lane."""

# Nothing that is delivered at its first attempt is in either index.
SCRIPT = """
CREATE INDEX delivery_by_reason ON delivery (account_id, reason) WHERE reason <> '';
CREATE INDEX delivery_failed ON delivery (lane_id, state) WHERE state > 3;
"""
