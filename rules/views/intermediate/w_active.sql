-- w_active: per database, the server on which exports show it active.
-- index: id
CREATE VIEW w_active AS SELECT
  d.id AS id, -- text: database
  CASE WHEN count(DISTINCT n.server_id) = 1 AND count(*) = count(n.server_id) THEN max(n.server_id) END AS server_id,
      -- text: that server, when it is one that is known
  min(x.mounted_on) AS mounted_on, -- text: its name as exported
  CASE WHEN count(DISTINCT x.mounted) = 1 THEN max(x.mounted) END AS mounted -- bool: the database is mounted
FROM s_databases d JOIN s_database_states x ON fold(x.database) = d.name_key
    LEFT JOIN w_name_owners n ON n.name = norm(x.mounted_on) GROUP BY d.id;
