-- s_database_states: database states, as they were read.
CREATE VIEW s_database_states AS SELECT
  database AS database, -- text: database, as stored
  id AS id, -- text: objectGUID
  mounted AS mounted, -- int: mounted, as stored
  mounted_on AS mounted_on -- text: mounted on, as stored
FROM database_states;
