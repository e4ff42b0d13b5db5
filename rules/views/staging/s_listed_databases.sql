-- s_listed_databases: listed databases, as they were read.
CREATE VIEW s_listed_databases AS SELECT
  name AS name -- text: object name
FROM listed_databases;
