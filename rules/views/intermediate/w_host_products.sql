-- w_host_products: per database, the generation of Exchange of its hosts, when it is one.
-- index: id
CREATE VIEW w_host_products AS SELECT
  h.id AS id, -- text: database
  CASE WHEN count(*) = count(v.product) AND min(v.product) = max(v.product) THEN max(v.product) END AS product
      -- text: generation
FROM (SELECT h.id, h.host_id FROM w_homes h WHERE h.host_id IS NOT NULL
      UNION ALL SELECT h.id, c.server_id FROM w_homes h
          JOIN w_database_copies c ON c.database_key = h.dn_key AND c.is_first) h
LEFT JOIN w_server_versions v ON v.id = h.host_id GROUP BY h.id;
