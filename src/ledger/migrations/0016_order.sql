-- How often a server refused this very mail for now. A few such refusals, and later mails to the
-- same recipient no longer wait behind it.
ALTER TABLE delivery ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0;
-- Whether it waits because the server could not be used: until it can.
ALTER TABLE delivery ADD COLUMN away BIGINT NOT NULL DEFAULT 0;
CREATE INDEX delivery_in_order ON delivery (recipient, queued_at) WHERE state = 'queued';
CREATE INDEX delivery_under_way ON delivery (recipient) WHERE state = 'sending';
CREATE INDEX delivery_away ON delivery (away) WHERE state = 'queued' AND away = 1;
