-- s_listed_servers: listed servers, as they were read.
CREATE VIEW s_listed_servers AS SELECT
  name AS name -- text: object name
FROM listed_servers;
