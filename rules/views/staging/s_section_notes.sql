-- s_section_notes: sections, from the reference data.
CREATE VIEW s_section_notes AS SELECT
  name AS name, -- text: object name
  critical AS critical, -- text: critical, as stored
  optional AS optional, -- text: optional, as stored
  rests_on_it AS rests_on_it, -- text: rests on it, as stored
  collect AS collect -- text: collect, as stored
FROM data_sections;
