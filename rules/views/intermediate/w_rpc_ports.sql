-- w_rpc_ports: one row per Exchange 2010 Client Access server of a site, with the RPC ports that its registry sets.
-- index: site_id
CREATE VIEW w_rpc_ports AS SELECT
  s.site_id AS site_id, -- text: site
  s.name AS name, -- text: server
  p.server_id IS NOT NULL AS is_seen, -- bool: an export holds them
  p.rpc_port AS rpc_port, -- int: of MSExchangeRPC
  p.address_book_port AS book_port, -- int: of MSExchangeAB
  CASE WHEN p.rpc_port IS NOT NULL OR p.rpc_kind IS NOT NULL THEN 1 WHEN p.unread NOT LIKE '%"rpc_port"%'
      AND p.unread NOT LIKE '%"rpc_kind"%' THEN 0 END AS rpc_is_set, -- bool: that of MSExchangeRPC exists
  CASE WHEN p.address_book_port IS NOT NULL OR p.address_book_kind IS NOT NULL THEN 1
      WHEN p.unread NOT LIKE '%"address_book%' THEN 0 END AS book_is_set, -- bool: that of MSExchangeAB exists
  p.unread NOT LIKE '%"rpc_%' AND p.unread NOT LIKE '%"address_book%' AS is_read, -- bool: all of it could be read
  lower(p.rpc_kind) <> 'dword' AS rpc_kind_is_wrong, -- bool: not a DWORD
  lower(p.address_book_kind) <> 'string' AS book_kind_is_wrong, -- bool: not a text
  coalesce(p.rpc_port NOT BETWEEN 59531 AND 60554, 0)
      OR coalesce(p.address_book_port NOT BETWEEN 59531 AND 60554, 0) AS is_outside
      -- bool: one lies outside the range that is free for it
FROM w_servers s
LEFT JOIN (SELECT n.server_id, max(v.rpc_port) AS rpc_port, max(v.rpc_kind) AS rpc_kind,
    max(v.address_book_port) AS address_book_port,
             max(v.address_book_kind) AS address_book_kind, max(v.unread) AS unread
           FROM s_rpc_ports v JOIN w_name_owners n ON n.name = v.server_name GROUP BY n.server_id HAVING count(*) = 1) p
               ON p.server_id = s.id
WHERE s.is_client_access_2010;
