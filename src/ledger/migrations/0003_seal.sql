-- A seal is a digest of what a record says and never says otherwise. It is written with the
-- record and looked at before the record is sent, and by `store verify`.
ALTER TABLE story ADD COLUMN seal BLOB;
ALTER TABLE alert ADD COLUMN seal BLOB;
ALTER TABLE dispatch ADD COLUMN seal BLOB;
ALTER TABLE mail ADD COLUMN seal BLOB;
-- Of the composed bytes, which come later and go earlier.
ALTER TABLE mail ADD COLUMN raw_seal BLOB;
ALTER TABLE delivery ADD COLUMN seal BLOB;
ALTER TABLE fingerprint ADD COLUMN seal BLOB;

-- Kinds of records whose older ones, from before there were seals, have none yet.
CREATE TABLE unsealed (
    kind TEXT NOT NULL PRIMARY KEY
);
INSERT INTO unsealed (kind)
VALUES ('story'), ('alert'), ('dispatch'), ('mail'), ('raw'), ('delivery'), ('fingerprint');

-- Records whose seal was found broken, and that are left alone since.
CREATE TABLE damage (
    kind  TEXT   NOT NULL,
    label TEXT   NOT NULL,
    found BIGINT NOT NULL,
    PRIMARY KEY (kind, label)
);

-- Digests of the keys of alerts that were deleted: deleted alerts are still known.
CREATE TABLE forgotten (
    key TEXT   NOT NULL PRIMARY KEY,
    at  BIGINT NOT NULL
);
