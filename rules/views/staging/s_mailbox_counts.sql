-- s_mailbox_counts: mailboxes by database, from an export.
-- index: name_key
CREATE VIEW s_mailbox_counts AS SELECT
  fold(m.database) AS name_key, -- text: database name for comparison
  sum(m.count) AS count -- int: how many
FROM mailbox_counts m GROUP BY fold(m.database);
