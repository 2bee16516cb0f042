-- What must never be forgotten. Times are milliseconds since 1970-01-01 UTC.

-- One telling of one rumour.
CREATE TABLE story (
    id         TEXT   NOT NULL PRIMARY KEY,
    rule       TEXT   NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    -- Items and sources that tell it as true.
    items      BIGINT NOT NULL,
    sources    BIGINT NOT NULL
);

-- One hit of one rule in one item. The two unique keys have the last word on "known already":
-- the item within its source, and the page wherever it is listed.
CREATE TABLE alert (
    id     TEXT   NOT NULL PRIMARY KEY,
    rule   TEXT   NOT NULL,
    stance TEXT   NOT NULL CHECK (stance IN ('asserts', 'denies')),
    source TEXT   NOT NULL,
    item   TEXT   NOT NULL,
    page   TEXT   NOT NULL,
    story  TEXT   NOT NULL REFERENCES story (id) DEFERRABLE INITIALLY DEFERRED,
    trust  TEXT   NOT NULL CHECK (trust IN ('official', 'press', 'social')),
    seen   BIGINT NOT NULL,
    -- When it was published; else when it was seen.
    told   BIGINT NOT NULL,
    -- The whole alert, as JSON.
    body   TEXT   NOT NULL,
    UNIQUE (rule, stance, source, item),
    UNIQUE (rule, stance, page)
);
CREATE INDEX alert_by_story ON alert (story, source);
CREATE INDEX alert_by_seen ON alert (seen);

-- One mail: a closed group, frozen.
CREATE TABLE mail (
    message_id TEXT   NOT NULL PRIMARY KEY,
    receiver   TEXT   NOT NULL,
    grouping   TEXT   NOT NULL,
    closed     BIGINT NOT NULL,
    -- The bundle it is composed from, as JSON.
    bundle     TEXT   NOT NULL,
    -- Both are set once, before the first sending; the bytes go some time after the last.
    subject    TEXT,
    raw        BLOB
);
CREATE INDEX mail_by_group ON mail (receiver, grouping, closed);

-- An alert on its way to a receiver. Those without a mail are the open groups.
CREATE TABLE dispatch (
    alert    TEXT   NOT NULL REFERENCES alert (id),
    receiver TEXT   NOT NULL,
    grouping TEXT   NOT NULL,
    due      BIGINT NOT NULL,
    mail     TEXT   REFERENCES mail (message_id),
    PRIMARY KEY (alert, receiver)
);
CREATE INDEX dispatch_open ON dispatch (receiver, grouping, due) WHERE mail IS NULL;
CREATE INDEX dispatch_by_mail ON dispatch (mail);

-- A mail on its way to one address.
CREATE TABLE delivery (
    mail         TEXT   NOT NULL REFERENCES mail (message_id),
    recipient    TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'held')),
    -- Since when it is tried, and how often it was.
    queued_at    BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    claimed_at   BIGINT,
    -- When it was sent or held.
    ended_at     BIGINT,
    last_reply   TEXT,
    PRIMARY KEY (mail, recipient)
);
CREATE INDEX delivery_waiting ON delivery (next_attempt) WHERE state = 'queued';
CREATE INDEX delivery_by_state ON delivery (state, ended_at);

-- What happened, in order. Each record's chain digests the one before, so that a record
-- changed or cut out later shows.
CREATE TABLE audit (
    seq    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at     BIGINT  NOT NULL,
    event  TEXT    NOT NULL,
    detail TEXT    NOT NULL,
    chain  TEXT    NOT NULL
);
CREATE TRIGGER audit_is_not_rewritten BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
