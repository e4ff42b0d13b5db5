-- v_site_ports: one row per site with Exchange 2010 Client Access servers, with the static RPC ports of those.
-- index: id
CREATE VIEW v_site_ports AS SELECT
  t.id AS id, -- text: objectGUID of the site
  t.name AS name, -- text: site
  t.name AS site, -- text: the same, for reports
  t.client_access_servers AS client_access_servers, -- identities: those servers
  list_of(CASE WHEN p.is_seen THEN p.name || ' ' || CASE WHEN p.rpc_is_set IS NULL OR (p.rpc_is_set
      AND p.rpc_port IS NULL) THEN 'not read' ELSE coalesce(CAST(p.rpc_port AS TEXT), 'dynamic') END
     || '/' || CASE WHEN p.book_is_set IS NULL OR (p.book_is_set AND p.book_port IS NULL) THEN 'not read'
         ELSE coalesce(CAST(p.book_port AS TEXT), 'dynamic') END END) AS server_ports,
         -- list: each server with its ports for RPC Client Access and Address Book
  list_of(CASE WHEN NOT p.is_seen OR NOT p.is_read THEN p.name END) AS unseen_servers,
      -- list: servers whose ports were not seen in full
  coalesce((SELECT list_of(f.fault) FROM w_port_faults f WHERE f.site_id = t.id), '[]') AS faults,
      -- list: what is wrong with them
  EXISTS (SELECT 1 FROM w_port_faults f WHERE f.site_id = t.id) AS has_fault, -- bool: something is
  EXISTS (SELECT 1 FROM w_port_faults f WHERE f.site_id = t.id AND f.is_serious) AS has_serious_fault,
      -- bool: something that makes clients fail
  CASE WHEN count(*) > 1 OR max(p.rpc_is_set) = 1 OR max(p.book_is_set) = 1 OR b.has_balancer THEN 0
       WHEN t.client_access_count = 1 AND min(p.is_seen) = 1 AND max(p.rpc_is_set) = 0 AND max(p.book_is_set) = 0
           AND b.has_balancer = 0 THEN 1 END AS is_lone_dynamic,
           -- bool: a single server without a load balancer, with dynamic ports; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_port_faults f WHERE f.site_id = t.id) THEN 0
       WHEN t.client_access_count IS NOT NULL AND min(p.is_seen) = 1
           AND min(coalesce(p.is_read, 0)) = 1 THEN 1 END AS ports_agree,
           -- bool: nothing is wrong with the ports of any server; NULL when not all were seen
  b.has_balancer AS has_balancer, -- bool: a load balancer stands before its arrays; NULL when not known
  t.source_origin AS source_origin, -- text: where it was read
  t.source_at AS source_at, -- text: when it was read
  t.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  t.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_sites t JOIN w_rpc_ports p ON p.site_id = t.id JOIN w_site_balancing b ON b.site_id = t.id GROUP BY t.id;
