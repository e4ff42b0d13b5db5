-- s_stated_manual_records: array names whose record is moved by hand, as the operator states them.
CREATE VIEW s_stated_manual_records AS SELECT
  name AS name -- text: normalised name
FROM settings_manual_records;
