-- The texts by which stories are known again, kept for the day on which the seen memory is lost.
CREATE TABLE fingerprint (
    seq    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kept   BIGINT  NOT NULL,
    -- Telling and sketch, as the seen memory has them.
    record BLOB    NOT NULL UNIQUE
);
