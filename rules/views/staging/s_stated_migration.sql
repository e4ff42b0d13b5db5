-- s_stated_migration: migration, as the operator states them.
CREATE VIEW s_stated_migration AS SELECT
  database AS database -- text: database, as stored
FROM settings_migration;
