"""How much waits in a lane and when it is ready is kept in memory."""

# How much waits in a lane and when it is ready is kept in memory, see lanes.py.
SCRIPT = """
DROP INDEX lane_ready;
DROP INDEX lane_off;
ALTER TABLE lane DROP COLUMN waiting;
ALTER TABLE lane DROP COLUMN ready_time;
ALTER TABLE lane ADD COLUMN origin TEXT NOT NULL DEFAULT '';
"""
