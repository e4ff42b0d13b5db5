-- s_listed_databases: listed databases, as they were read.
CREATE VIEW s_listed_databases AS SELECT
  name AS name, -- text: object name
  fold(name) AS name_key, -- text: object name for comparison
  server AS server, -- text: the server that the directory calls its owner, as shown
  excluded_from_provisioning AS is_excluded -- bool: excluded from provisioning
FROM listed_databases;
