-- What people said of alerts. Rows are only ever added: the latest one counts.
CREATE TABLE verdict (
    seq     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at      BIGINT  NOT NULL,
    rule    TEXT    NOT NULL,
    -- Both absent where a whole rumour is hidden.
    alert   TEXT    REFERENCES alert (id),
    story   TEXT    REFERENCES story (id),
    verdict TEXT    NOT NULL
        CHECK (verdict IN ('false', 'true', 'irrelevant', 'handled', 'snooze')),
    -- Until when a snooze hides.
    until   BIGINT,
    -- Who: a name, never an address.
    judge   TEXT    NOT NULL,
    way     TEXT    NOT NULL CHECK (way IN ('command', 'mail')),
    note    TEXT,
    -- Names the mail that said it, so that a mail that is read twice speaks once.
    answer  TEXT    UNIQUE
);
CREATE INDEX verdict_by_story ON verdict (story, seq);
CREATE INDEX verdict_by_rule ON verdict (rule, seq);
