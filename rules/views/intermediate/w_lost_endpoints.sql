-- w_lost_endpoints: names that databases point at and that are no known object's, with what DNS says of them inside.
-- index: name
CREATE VIEW w_lost_endpoints AS SELECT
  n.name AS name, -- text: normalised name
  (SELECT r.resolves_internally FROM w_name_answers r WHERE r.name = n.name) AS resolves,
      -- bool: it has an address; NULL when not known
  (SELECT list_of(r.address) FROM s_dns_addresses r WHERE r.view = 'internal' AND r.name = n.name) AS addresses,
      -- list: its addresses
  (SELECT min(r.target) FROM s_aliases r WHERE r.view = 'internal' AND r.place = 0 AND r.name = n.name) AS alias,
      -- text: what it is an alias of
  coalesce((SELECT list_of(DISTINCT o.owner) FROM s_dns_addresses r
     JOIN s_dns_addresses b ON b.view = 'internal' AND b.address = r.address
     JOIN (SELECT x.dns_name AS name, 'array ' || x.name AS owner FROM w_arrays x
         UNION ALL SELECT x.dns_name, 'server ' || x.name FROM w_servers x) o ON o.name = b.name
     WHERE r.view = 'internal' AND r.name = n.name), '[]') AS owners,
         -- list: arrays and servers that have one of those addresses
  EXISTS (SELECT 1 FROM s_dns_addresses r JOIN s_dns_addresses b ON b.view = 'internal' AND b.address = r.address
     WHERE r.view = 'internal' AND r.name = n.name
       AND (b.name IN (SELECT x.dns_name FROM w_arrays x)
           OR b.name IN (SELECT x.dns_name FROM w_servers x WHERE x.is_client_access_2010))) AS is_served
           -- bool: one of them belongs to an array or a 2010 Client Access server
FROM (SELECT DISTINCT endpoint_dns_name AS name FROM w_databases
    WHERE endpoint_id IS NULL AND endpoint_dns_name IS NOT NULL) n;
