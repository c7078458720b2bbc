"""How many deliveries an account has in each state, what waits of it, and which of its lanes are in trouble."""

# State 0 stands for those that wait and were attempted before. The numbers follow the deliveries, see tally.py.
SCRIPT = """
CREATE TABLE delivery_count (
    account_id INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (account_id, state)
) WITHOUT ROWID;
INSERT INTO delivery_count SELECT account_id, state, count(*) FROM delivery GROUP BY account_id, state;
INSERT INTO delivery_count
    SELECT account_id, 0, count(*) FROM delivery WHERE state = 1 AND attempts > 0 GROUP BY account_id;

CREATE INDEX delivery_waiting ON delivery (account_id) WHERE state = 1;
CREATE INDEX lane_troubled ON lane (account_id)
    WHERE (switch <> 1 OR failures > 0) AND reason <> 'its definition was deleted';
"""
