-- w_listed_pointers: one row per database of an organisation of which no server was seen, only lists of the shell: what
--   the name that it points at tells by itself.
-- index: id
CREATE VIEW w_listed_pointers AS SELECT
  d.id AS id, -- text: database
  CASE WHEN EXISTS (SELECT 1 FROM w_arrays a WHERE a.legacy_key = d.endpoint_key) THEN 'array'
       -- One that is excluded may be at its server for the public folders there (w_public_folder_pins).
       WHEN coalesce(d.is_excluded, 0) = 0
           AND substr(d.endpoint_dns_name, 1, instr(d.endpoint_dns_name || '.', '.') - 1) IN (SELECT s.label
           FROM w_listed_names s) THEN 'server' END AS kind -- text: array or server; NULL when it tells neither
FROM s_databases d
WHERE NOT EXISTS (SELECT 1 FROM s_servers) AND d.name_key IN (SELECT l.name_key FROM s_listed_databases l);
