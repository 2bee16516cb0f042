-- How an alert travels: 0 in a mail of its group, 1 in the receiver's digest, 2 in the digest of
-- what came after the receiver's hourly limit. A mail of its group takes it along all the same.
ALTER TABLE dispatch ADD COLUMN digest BIGINT NOT NULL DEFAULT 0;
-- Why it is due then, as JSON.
ALTER TABLE dispatch ADD COLUMN why TEXT NOT NULL DEFAULT '[]';

-- The mute that keeps it from going anywhere, as JSON.
ALTER TABLE alert ADD COLUMN muted TEXT;

-- What each mail told of each rumour.
CREATE TABLE told (
    mail     TEXT   NOT NULL,
    receiver TEXT   NOT NULL,
    grouping TEXT   NOT NULL,
    rule     TEXT   NOT NULL,
    closed   BIGINT NOT NULL,
    -- The gravest of its alerts, from 0 for info to 4 for urgent.
    severity BIGINT NOT NULL,
    -- Whether it told that the rumour is refuted: 0 or 1.
    refuted  BIGINT NOT NULL,
    PRIMARY KEY (mail, grouping, rule)
);
CREATE INDEX told_by_rule ON told (rule, receiver);
CREATE INDEX mail_by_receiver ON mail (receiver, closed);

-- Earlier mails told one rule each, by which they were grouped. Quotes within a JSON string are
-- escaped, so only a bundle's own keys can match.
INSERT INTO told (mail, receiver, grouping, rule, closed, severity, refuted)
SELECT message_id, receiver, grouping, grouping, closed,
    CASE WHEN bundle LIKE '%"severity":"urgent"%' THEN 4
         WHEN bundle LIKE '%"severity":"high"%' THEN 3
         WHEN bundle LIKE '%"severity":"medium"%' THEN 2
         WHEN bundle LIKE '%"severity":"low"%' THEN 1
         ELSE 0 END,
    CASE WHEN bundle LIKE '%"refutations":[]%' THEN 0 ELSE 1 END
FROM mail WHERE receiver <> '';
