-- w_array_addresses: one row per array name and address inside, and whose address that is.
-- index: name
CREATE VIEW w_array_addresses AS SELECT DISTINCT
  x.name AS name, -- text: normalised array FQDN
  x.address AS address, -- text: address inside
  EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = x.address)
    OR EXISTS (SELECT 1 FROM w_server_addresses w WHERE w.address = x.address AND w.is_vip) AS is_vip,
        -- bool: a load balancer's: named as such, or shared by servers
  (SELECT min(s.name) FROM w_server_addresses w JOIN w_servers s ON s.id = w.server_id
     WHERE w.address = x.address AND NOT w.is_vip AND s.is_client_access_2010 AND s.site_id = a.site_id) AS own_server,
         -- text: 2010 Client Access server of the array's site that has it alone
  (SELECT min(s.name) FROM w_server_addresses w JOIN w_servers s ON s.id = w.server_id
     WHERE w.address = x.address AND NOT w.is_vip AND s.is_client_access_2010) AS any_server
         -- text: the same, of any site
FROM w_array_names a JOIN s_dns_addresses x ON x.view = 'internal' AND x.name = a.name;
