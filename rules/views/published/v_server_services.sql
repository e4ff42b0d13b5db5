-- v_server_services: one row per Exchange 2010 server, whether the services that answer MAPI clients run.
-- index: id
CREATE VIEW v_server_services AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.state AS state, -- text: maintenance or removal, by the operator's word
  CASE WHEN m.is_member THEN 1
       WHEN s.is_client_access_2010 = 0 OR s.has_rpc_client_access = 0 OR s.has_site = 0 THEN 0
       WHEN m.is_undecided THEN NULL
       WHEN k.array_sites AND s.has_site THEN 0 END AS is_array_member,
           -- bool: member of some array; NULL when not known
  coalesce(m.arrays, '[]') AS arrays, -- list: FQDNs of the arrays of its site
  v.is_sound AS services_run,
      -- bool: MSExchangeRPC and MSExchangeAB run and start with the system; NULL while no export shows both
  coalesce(v.faults, '[]') AS faults, -- list: what is wrong with them
  coalesce(v.services, '[]') AS services, -- list: those of the two that are concerned
  EXISTS (SELECT 1 FROM w_array_servers a
      JOIN w_array_servers b ON b.array_id = a.array_id AND b.is_member AND b.id <> a.id
     JOIN w_mapi_services o ON o.server_id = b.id AND o.runs WHERE a.id = s.id) AS has_running_peer,
         -- bool: another member of an array of its site is seen to run both
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN w_known k
LEFT JOIN w_memberships m ON m.id = s.id
LEFT JOIN w_mapi_services v ON v.server_id = s.id
WHERE s.is_2010 AND coalesce(NOT s.is_edge, 1);
