"""Which blocks of deliveries, of an account and of a lane, hold what is of a type of events, of objects, of targets."""

# The tables follow the deliveries, see blocks.py. Lane 0 stands for the whole account.
SCRIPT = """
CREATE TABLE delivery_class (
    id             INTEGER PRIMARY KEY,
    account_id     INTEGER NOT NULL,
    event_type     TEXT    NOT NULL,
    object_type_id INTEGER NOT NULL,
    target_kind    INTEGER NOT NULL,
    UNIQUE (account_id, event_type, object_type_id, target_kind)
);
CREATE TABLE delivery_block (
    account_id INTEGER NOT NULL,
    lane_id    INTEGER NOT NULL,
    first_id   INTEGER NOT NULL,
    PRIMARY KEY (account_id, lane_id, first_id)
) WITHOUT ROWID;
CREATE TABLE block_class (
    account_id INTEGER NOT NULL,
    lane_id    INTEGER NOT NULL,
    class_id   INTEGER NOT NULL,
    first_id   INTEGER NOT NULL,
    PRIMARY KEY (account_id, lane_id, class_id, first_id)
) WITHOUT ROWID;

INSERT OR IGNORE INTO delivery_class (account_id, event_type, object_type_id, target_kind)
    SELECT d.account_id, e.type, e.object_type_id, l.kind
    FROM delivery d CROSS JOIN event e ON e.seq = d.event_seq CROSS JOIN lane l ON l.id = d.lane_id;
INSERT INTO delivery_block SELECT account_id, 0, id FROM (
    SELECT account_id, id, row_number() OVER (PARTITION BY account_id ORDER BY id) AS place FROM delivery
) WHERE place % 512 = 1;
INSERT INTO delivery_block SELECT (SELECT account_id FROM lane WHERE id = lane_id), lane_id, id FROM (
    SELECT lane_id, id, row_number() OVER (PARTITION BY lane_id ORDER BY id) AS place FROM delivery
) WHERE place % 1024 = 1;
INSERT OR IGNORE INTO block_class
    SELECT d.account_id, s.value, c.id, (
        SELECT max(b.first_id) FROM delivery_block b
        WHERE b.account_id = d.account_id AND b.lane_id = s.value AND b.first_id <= d.id
    )
    FROM delivery d CROSS JOIN event e ON e.seq = d.event_seq CROSS JOIN lane l ON l.id = d.lane_id
    CROSS JOIN delivery_class c ON c.account_id = d.account_id AND c.event_type = e.type
        AND c.object_type_id = e.object_type_id AND c.target_kind = l.kind
    CROSS JOIN json_each(json_array(0, d.lane_id)) s;
"""
