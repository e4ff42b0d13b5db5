-- s_listed_arrays: listed arrays, as they were read.
CREATE VIEW s_listed_arrays AS SELECT
  name AS name, -- text: object name
  members AS members -- text: JSON list of names of servers
FROM listed_arrays;
