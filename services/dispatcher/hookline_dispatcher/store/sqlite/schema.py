"""The tables of the embedded store, and how an older file is brought up to them."""

from __future__ import annotations

import sqlite3

# The value of meta has the type BLOB so that SQLite keeps it as it is: as a number, 2e432745 would be infinite.
VERSION_1 = """
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB
) WITHOUT ROWID;

CREATE TABLE event (
    seq            INTEGER PRIMARY KEY,
    account_id     INTEGER NOT NULL,
    id             TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    object_type_id INTEGER NOT NULL,
    object_id      TEXT    NOT NULL,
    object_version INTEGER NOT NULL,
    params         TEXT    NOT NULL,
    data           BLOB    NOT NULL,
    changed_fields TEXT    NOT NULL,
    tags           TEXT    NOT NULL,
    occurred_time  INTEGER NOT NULL,
    ordering_key   TEXT    NOT NULL,
    digest         BLOB    NOT NULL,
    publish_time   INTEGER NOT NULL,
    deliveries     INTEGER NOT NULL,
    note           TEXT    NOT NULL
);
CREATE UNIQUE INDEX event_by_id ON event (account_id, id);
CREATE INDEX event_by_account ON event (account_id);
CREATE INDEX event_by_object ON event (account_id, object_type_id, object_id);

CREATE TABLE lane (
    id                  INTEGER PRIMARY KEY,
    account_id          INTEGER NOT NULL,
    kind                INTEGER NOT NULL,
    target_id           INTEGER NOT NULL,
    requests_per_minute INTEGER NOT NULL,
    ordered             INTEGER NOT NULL,
    block_dead          INTEGER NOT NULL,
    switch              INTEGER NOT NULL,
    reason              TEXT    NOT NULL,
    switch_time         INTEGER NOT NULL,
    failures            INTEGER NOT NULL,
    first_failure_time  INTEGER NOT NULL,
    last_success_time   INTEGER NOT NULL,
    hold_time           INTEGER NOT NULL,
    next_slot_time      INTEGER NOT NULL,
    waiting             INTEGER NOT NULL,
    ready_time          INTEGER NOT NULL,
    announce            INTEGER NOT NULL,
    UNIQUE (account_id, kind, target_id)
);
CREATE INDEX lane_ready ON lane (ready_time) WHERE ready_time < 4611686018427387904;
CREATE INDEX lane_off ON lane (id) WHERE switch = 4 AND waiting > 0;
CREATE INDEX lane_announce ON lane (id) WHERE announce = 1;

CREATE TABLE delivery (
    id              INTEGER PRIMARY KEY,
    root_id         INTEGER NOT NULL,
    account_id      INTEGER NOT NULL,
    lane_id         INTEGER NOT NULL,
    event_seq       INTEGER NOT NULL,
    config_revision INTEGER NOT NULL,
    state           INTEGER NOT NULL,
    due_time        INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    failures        INTEGER NOT NULL,
    unknowns        INTEGER NOT NULL,
    epoch           INTEGER NOT NULL,
    claim_time      INTEGER NOT NULL,
    order_key       TEXT,
    holds           INTEGER NOT NULL,
    cancelling      INTEGER NOT NULL,
    status_code     INTEGER NOT NULL,
    reason          TEXT    NOT NULL,
    create_time     INTEGER NOT NULL,
    settle_time     INTEGER NOT NULL,
    redelivery_of   INTEGER NOT NULL,
    request_id      TEXT    NOT NULL
);
CREATE INDEX delivery_due ON delivery (lane_id, due_time) WHERE state = 1;
CREATE INDEX delivery_pending ON delivery (state, id) WHERE state < 3;
CREATE INDEX delivery_settled ON delivery (state, settle_time) WHERE state > 2;
CREATE INDEX delivery_dead ON delivery (account_id) WHERE state = 4;
CREATE INDEX delivery_cancelled ON delivery (account_id) WHERE state = 5;
CREATE INDEX delivery_by_account ON delivery (account_id);
CREATE INDEX delivery_by_lane ON delivery (lane_id);
CREATE INDEX delivery_by_event ON delivery (event_seq);
CREATE INDEX delivery_holding ON delivery (lane_id, order_key, root_id) WHERE holds = 1;
CREATE INDEX delivery_repeats ON delivery (redelivery_of) WHERE redelivery_of > 0;
CREATE INDEX delivery_repeated_config ON delivery (lane_id, config_revision) WHERE redelivery_of > 0;

CREATE TABLE attempt (
    seq              INTEGER PRIMARY KEY,
    account_id       INTEGER NOT NULL,
    delivery_id      INTEGER NOT NULL,
    lane_id          INTEGER NOT NULL,
    number           INTEGER NOT NULL,
    outcome          INTEGER NOT NULL,
    status_code      INTEGER NOT NULL,
    reason           TEXT    NOT NULL,
    start_time       INTEGER NOT NULL,
    latency          INTEGER NOT NULL,
    method           TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    request_headers  BLOB    NOT NULL,
    request_body     BLOB,
    response_headers BLOB    NOT NULL,
    response_body    BLOB    NOT NULL,
    body_cut         INTEGER NOT NULL
);
CREATE INDEX attempt_by_delivery ON attempt (delivery_id, number);
CREATE INDEX attempt_by_account ON attempt (account_id);

CREATE TABLE config_item (
    account_id      INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    id              INTEGER NOT NULL,
    revision        INTEGER NOT NULL,
    newest          INTEGER NOT NULL,
    deleted         INTEGER NOT NULL,
    superseded_time INTEGER NOT NULL,
    body            BLOB    NOT NULL,
    PRIMARY KEY (account_id, kind, id, revision)
) WITHOUT ROWID;
CREATE INDEX config_newest ON config_item (kind, account_id, id) WHERE newest = 1;
CREATE INDEX config_old ON config_item (superseded_time) WHERE newest = 0;
"""

# How much waits in a lane and when it is ready is kept in memory, see lanes.py.
VERSION_2 = """
DROP INDEX lane_ready;
DROP INDEX lane_off;
ALTER TABLE lane DROP COLUMN waiting;
ALTER TABLE lane DROP COLUMN ready_time;
ALTER TABLE lane ADD COLUMN origin TEXT NOT NULL DEFAULT '';
"""

# What fired a delivery: empty for the subscription that it goes to. Replicas of before lack kinds of items that the
# version then left out, and switches of accounts: without its checkpoint the whole configuration is sent again.
VERSION_3 = """
ALTER TABLE delivery ADD COLUMN fired_by TEXT NOT NULL DEFAULT '';
DELETE FROM meta WHERE key = 'config_checkpoint';
"""

# Stateful routing. What became of the data that an element sent is counted by triggers, since deliveries settle in many
# ways; so the counts are right in every transaction. The row of element '' stands for a whole map.
VERSION_4 = """
CREATE TABLE object_state (
    id             INTEGER PRIMARY KEY,
    account_id     INTEGER NOT NULL,
    object_type_id INTEGER NOT NULL,
    object_id      TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    data           BLOB    NOT NULL,
    tags           TEXT    NOT NULL,
    UNIQUE (account_id, object_type_id, object_id)
);

CREATE TABLE pending_route (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL,
    object_type_id INTEGER NOT NULL,
    object_id      TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    what           INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    definition_id  INTEGER NOT NULL,
    event_seq      INTEGER NOT NULL,
    hop            INTEGER NOT NULL,
    timer_key      TEXT    NOT NULL,
    due_time       INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    create_time    INTEGER NOT NULL,
    retry_time     INTEGER NOT NULL,
    aside_time     INTEGER NOT NULL,
    reason         TEXT    NOT NULL
);
CREATE INDEX route_due ON pending_route (retry_time) WHERE aside_time = 0;
CREATE INDEX route_own ON pending_route (account_id, kind, definition_id, object_type_id, object_id)
    WHERE kind > 0 AND aside_time = 0;
CREATE INDEX route_by_event ON pending_route (event_seq);
CREATE INDEX route_aside ON pending_route (aside_time) WHERE aside_time > 0;

CREATE TABLE memory (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    definition_id  INTEGER NOT NULL,
    object_type_id INTEGER NOT NULL,
    object_id      TEXT    NOT NULL,
    row_version    INTEGER NOT NULL,
    follows        INTEGER NOT NULL,
    body           BLOB    NOT NULL,
    UNIQUE (account_id, kind, definition_id, object_type_id, object_id)
);
CREATE INDEX memory_follows ON memory (account_id, kind, definition_id, follows) WHERE follows > 0;

CREATE TABLE definition_version (
    account_id    INTEGER NOT NULL,
    kind          INTEGER NOT NULL,
    definition_id INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, definition_id, version)
) WITHOUT ROWID;

CREATE TABLE definition_change (
    account_id    INTEGER NOT NULL,
    kind          INTEGER NOT NULL,
    definition_id INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    follows       INTEGER NOT NULL,
    memory_id     INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, definition_id)
) WITHOUT ROWID;

CREATE TABLE timer (
    account_id     INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    definition_id  INTEGER NOT NULL,
    object_type_id INTEGER NOT NULL,
    object_id      TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    due_time       INTEGER NOT NULL,
    hop            INTEGER NOT NULL,
    held           INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, definition_id, object_type_id, object_id, key)
) WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due_time) WHERE held = 0;
CREATE INDEX timer_held ON timer (account_id, kind, definition_id) WHERE held = 1;

CREATE TABLE firing_key (
    digest      BLOB PRIMARY KEY,
    create_time INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX firing_key_old ON firing_key (create_time);

CREATE TABLE element (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id     INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    definition_id  INTEGER NOT NULL,
    object_type_id INTEGER NOT NULL,
    object_id      TEXT    NOT NULL,
    element        TEXT    NOT NULL,
    map_id         INTEGER NOT NULL,
    seen           INTEGER NOT NULL,
    present        INTEGER NOT NULL,
    pending        INTEGER NOT NULL,
    result         INTEGER NOT NULL,
    UNIQUE (account_id, kind, definition_id, object_type_id, object_id, element)
);

CREATE TABLE element_count (
    account_id    INTEGER NOT NULL,
    kind          INTEGER NOT NULL,
    definition_id INTEGER NOT NULL,
    element       TEXT    NOT NULL,
    reached       INTEGER NOT NULL DEFAULT 0,
    present       INTEGER NOT NULL DEFAULT 0,
    on_its_way    INTEGER NOT NULL DEFAULT 0,
    sent          INTEGER NOT NULL DEFAULT 0,
    failed        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, kind, definition_id, element)
) WITHOUT ROWID;

CREATE TRIGGER element_made AFTER INSERT ON element BEGIN
    INSERT INTO element_count (account_id, kind, definition_id, element)
        VALUES (NEW.account_id, NEW.kind, NEW.definition_id, NEW.element) ON CONFLICT DO NOTHING;
    UPDATE element_count SET reached = reached + NEW.seen, present = present + (NEW.present > 0),
        on_its_way = on_its_way + (NEW.pending > 0), sent = sent + (NEW.pending = 0 AND NEW.result = 2),
        failed = failed + (NEW.pending = 0 AND NEW.result = 1)
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND definition_id = NEW.definition_id
        AND element = NEW.element;
END;
CREATE TRIGGER element_changed AFTER UPDATE OF seen, present, pending, result ON element BEGIN
    UPDATE element_count SET reached = reached + NEW.seen - OLD.seen,
        present = present + (NEW.present > 0) - (OLD.present > 0),
        on_its_way = on_its_way + (NEW.pending > 0) - (OLD.pending > 0),
        sent = sent + (NEW.pending = 0 AND NEW.result = 2) - (OLD.pending = 0 AND OLD.result = 2),
        failed = failed + (NEW.pending = 0 AND NEW.result = 1) - (OLD.pending = 0 AND OLD.result = 1)
    WHERE account_id = NEW.account_id AND kind = NEW.kind AND definition_id = NEW.definition_id
        AND element = NEW.element;
END;
CREATE TRIGGER element_made_on_map AFTER INSERT ON element WHEN NEW.map_id > 0 BEGIN
    UPDATE element SET seen = max(seen, NEW.seen), present = present + NEW.present, pending = pending + NEW.pending,
        result = max(result, NEW.result)
    WHERE id = NEW.map_id;
END;
CREATE TRIGGER element_changed_on_map AFTER UPDATE OF seen, present, pending, result ON element
WHEN NEW.map_id > 0 BEGIN
    UPDATE element SET seen = max(seen, NEW.seen), present = present + NEW.present - OLD.present,
        pending = pending + NEW.pending - OLD.pending, result = max(result, NEW.result)
    WHERE id = NEW.map_id;
END;

ALTER TABLE delivery ADD COLUMN element_id INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER delivery_counted AFTER INSERT ON delivery WHEN NEW.element_id > 0 BEGIN
    UPDATE element SET pending = pending + (NEW.state < 3), result = max(result, NEW.state > 2)
    WHERE id = NEW.element_id;
END;
CREATE TRIGGER delivery_settled_counted AFTER UPDATE OF state ON delivery
WHEN NEW.element_id > 0 AND OLD.state < 3 AND NEW.state > 2 BEGIN
    UPDATE element SET pending = pending - 1, result = max(result, CASE NEW.state WHEN 3 THEN 2 ELSE 1 END)
    WHERE id = NEW.element_id;
END;
"""

MIGRATIONS = [VERSION_1, VERSION_2, VERSION_3, VERSION_4]
"""Script number n brings a file from version n to n + 1. Scripts are only ever added."""

OLDEST_SQLITE = (3, 38, 0)
"""The first version with everything that the statements here use."""


class TooNew(Exception):
    """The file was written by a later version of Hookline."""


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the file up to the newest version, one transaction for each step.

    Raises:
        TooNew: it is beyond the newest version known here.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise TooNew(f"the store is of version {version}, this Hookline knows versions up to {len(MIGRATIONS)}")
    for number in range(version, len(MIGRATIONS)):
        script = f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        connection.executescript(script)
