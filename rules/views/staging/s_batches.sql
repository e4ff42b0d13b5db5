-- s_batches: databases whose mailboxes are all in an approved migration batch, by the operator's word.
-- index: name_key
CREATE VIEW s_batches AS SELECT DISTINCT
  fold(m.database) AS name_key -- text: database name for comparison
FROM settings_migration m;
