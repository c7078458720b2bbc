"""The first tables: events, lanes, deliveries, attempts, configuration."""

# The value of meta has the type BLOB so that SQLite keeps it as it is: as a number, 2e432745 would be infinite.
SCRIPT = """
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
