-- w_name_addresses: per name that resolvers gave addresses of, those of either view.
-- index: name
CREATE VIEW w_name_addresses AS SELECT
  x.name AS name, -- text: normalised name
  list_of(CASE WHEN x.view = 'internal' THEN x.address END) AS internal_addresses, -- list: addresses inside
  count(*) FILTER (WHERE x.view = 'internal') AS internal_count, -- int: how many
  max(CASE WHEN x.view = 'internal' THEN x.address END) AS last_internal, -- text: one of them
  list_of(CASE WHEN x.view = 'external' THEN x.address END) AS external_addresses, -- list: addresses outside
  min(CASE WHEN x.view <> 'external' THEN NULL
           WHEN x.address LIKE '10.%' OR x.address LIKE '192.168.%' OR (x.address LIKE '172.%'
             AND CAST(substr(x.address, 5, 2) AS INTEGER) BETWEEN 16 AND 31 AND substr(x.address, 7, 1) = '.') THEN 1
           ELSE 0 END) AS external_all_private -- bool: every address outside is private (RFC 1918)
FROM s_dns_addresses x GROUP BY x.name;
