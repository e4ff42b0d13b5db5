-- s_listed_arrays: listed arrays, as they were read.
CREATE VIEW s_listed_arrays AS SELECT
  name AS name -- text: object name
FROM listed_arrays;
