-- s_arbitration_mailboxes: arbitration mailboxes, as they were read.
CREATE VIEW s_arbitration_mailboxes AS SELECT
  database AS database, -- text: database, as stored
  count AS count -- int: count, as stored
FROM arbitration_mailboxes;
