-- What admins were told of a source and is not over yet, so that it is told once even where the
-- seen memory is lost. A source without a name is the line of the office.
CREATE TABLE ailment (
    source TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    since  BIGINT NOT NULL,
    PRIMARY KEY (source, kind)
);
