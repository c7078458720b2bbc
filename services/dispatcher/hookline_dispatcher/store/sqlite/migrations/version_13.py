"""What waits after an attempt is found by account, among however many wait for their first one."""

# Nothing that is delivered at its first attempt is in it.
SCRIPT = """
CREATE INDEX delivery_retrying ON delivery (account_id) WHERE state = 1 AND attempts > 0;
"""
