"""How many bytes the events of each account take up."""

# The numbers follow the events, see stored.py.
SCRIPT = """
CREATE TABLE stored_bytes (
    account_id INTEGER PRIMARY KEY,
    bytes INTEGER NOT NULL
);
INSERT INTO stored_bytes SELECT account_id, sum(length(data) + 1024) FROM event GROUP BY account_id;
"""
