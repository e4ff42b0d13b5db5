-- w_server_addresses: internal addresses of servers; an address shared by two servers is a balancer's, and so is one
--   known to be.
-- index: address
-- index: server_id
CREATE VIEW w_server_addresses AS SELECT
  s.id AS server_id, -- text: server
  a.address AS address, -- text: address of its FQDN
  address_key(a.address, 0) AS address_key, -- text: the same, to compare with subnets
  EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = a.address)
    OR EXISTS (SELECT 1 FROM s_dns_addresses b JOIN w_servers o ON o.dns_name = b.name
               WHERE b.view = 'internal' AND b.address = a.address AND o.id <> s.id) AS is_vip
                   -- bool: a load balancer's
FROM w_servers s JOIN s_dns_addresses a ON a.view = 'internal' AND a.name = s.dns_name;
