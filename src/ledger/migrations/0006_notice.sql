-- What admins are told of canhtin itself, each once.
CREATE TABLE notice (
    key    TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    -- News of one topic refer to each other.
    topic  TEXT,
    -- The notice, as JSON.
    body   TEXT   NOT NULL,
    due    BIGINT NOT NULL,
    -- When it was put into a mail, or found to have no reader; NULL while it waits.
    closed BIGINT,
    mail   TEXT   REFERENCES mail (message_id)
);
CREATE INDEX notice_waiting ON notice (due) WHERE closed IS NULL;
CREATE INDEX notice_by_topic ON notice (topic, closed);
