"""What waits or is in flight is found by account too, by one index, which takes each delivery in and out twice."""

SCRIPT = """
DROP INDEX delivery_waiting;
DROP INDEX delivery_pending;
CREATE INDEX delivery_pending ON delivery (state, account_id) WHERE state < 3;
"""
