-- w_database_hosts: one row per database, the one server that it belongs to.
-- index: id
-- index: server_id
CREATE VIEW w_database_hosts AS SELECT
  d.id AS id, -- text: database
  d.is_public_folder AS is_public_folder, -- bool: public folder database
  CASE WHEN f.database_key IS NOT NULL THEN f.server_id
       WHEN m.id IS NOT NULL THEN m.id
       WHEN d.has_no_master THEN o.id END AS server_id
           -- text: server of its preferred copy, or that without copies it belongs to; NULL when not known
FROM s_databases d
LEFT JOIN w_first_copies f ON f.database_key = d.dn_key
LEFT JOIN w_servers m ON m.dn_key = d.master_key
LEFT JOIN w_servers o ON o.dn_key = d.owner_key;
