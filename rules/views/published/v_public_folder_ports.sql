-- v_public_folder_ports: one row per Exchange 2010 server with a public folder database, with its static RPC port.
-- index: id
CREATE VIEW v_public_folder_ports AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.has_client_access AS has_client_access, -- bool: has the Client Access role
  s.public_folder_databases AS public_folder_databases, -- list: its public folder databases
  p.server_id IS NOT NULL AS is_seen, -- bool: an export holds its ports
  p.rpc_port AS rpc_port, -- int: static port of its RPC Client Access service
  CASE WHEN lower(p.rpc_kind) <> 'dword' THEN 0 WHEN p.rpc_port IS NOT NULL AND p.rpc_kind IS NOT NULL THEN 1
       WHEN p.unread NOT LIKE '%"rpc_port"%' AND p.unread NOT LIKE '%"rpc_kind"%' THEN 0 END AS has_static_port,
           -- bool: one is set in a form that the service reads; NULL when not known
  c.site_ports AS site_ports, -- list: static ports of the Client Access servers of its site
  c.is_static AS site_is_static, -- bool: some of those servers have one; NULL when not known
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_public_folder_servers s JOIN w_servers w ON w.id = s.id
LEFT JOIN (SELECT n.server_id, max(v.rpc_port) AS rpc_port, max(v.rpc_kind) AS rpc_kind, max(v.unread) AS unread
           FROM s_rpc_ports v JOIN w_name_owners n ON n.name = v.server_name GROUP BY n.server_id HAVING count(*) = 1) p
               ON p.server_id = s.id
LEFT JOIN (SELECT r.site_id, list_of(r.name || ' ' || r.rpc_port) AS site_ports,
             CASE WHEN max(r.rpc_is_set) = 1 THEN 1 WHEN min(r.is_seen) = 1
                 AND count(r.rpc_is_set) = count(*) THEN 0 END AS is_static
           FROM w_rpc_ports r GROUP BY r.site_id) c ON c.site_id = w.site_id;
