-- w_address_sites: own addresses of servers, each with the site of the smallest subnet that holds it.
-- index: server_id
CREATE VIEW w_address_sites AS SELECT
  a.server_id AS server_id, -- text: server
  a.address AS address, -- text: address
  (SELECT n.site_id FROM w_subnets n WHERE n.first <= a.address_key AND n.last >= a.address_key
     ORDER BY n.first DESC, n.last LIMIT 1) AS site_id, -- text: site, when a subnet holds it
  (SELECT n.site FROM w_subnets n WHERE n.first <= a.address_key AND n.last >= a.address_key
     ORDER BY n.first DESC, n.last LIMIT 1) AS site -- text: its name
FROM w_server_addresses a WHERE NOT a.is_vip AND lower(a.address) NOT LIKE 'fe80:%';
