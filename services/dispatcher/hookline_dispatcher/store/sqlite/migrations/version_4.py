"""Stateful routing: objects, routes, memories, timers, elements and their counts."""

# Stateful routing. What became of the data that an element sent is counted by triggers, since deliveries settle in many
# ways; so the counts are right in every transaction. The row of element '' stands for a whole map.
SCRIPT = """
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
