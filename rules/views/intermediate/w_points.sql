-- w_points: Autodiscover service connection points, and the server that each stands for.
-- index: id
-- index: server_id
CREATE VIEW w_points AS SELECT
  p.id AS id, -- text: objectGUID
  s.id AS server_id, -- text: server above it, or else the one whose name it bears
  coalesce(s.name, p.service_dns_name, p.name) AS name, -- text: name of that server, or the one it bears
  CASE WHEN EXISTS (SELECT 1 FROM json_each(p.uris) j WHERE lower(j.value) LIKE 'ldap:%') THEN 0
       WHEN EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE fold(j.value) = '77378f46-2c66-4aa9-a6a6-3e7a48b19596')
           THEN 1
       WHEN p.unread NOT LIKE '%"keywords"%' THEN 0 END AS is_address,
           -- bool: it holds the address of Autodiscover, it is no pointer to another forest and no other product's
  p.unread NOT LIKE '%"keywords"%' AS scope_read, -- bool: its sites could be read
  p.unread NOT LIKE '%"uris"%' AS uris_read -- bool: its addresses could be read
FROM s_service_connection_points p
LEFT JOIN w_servers w ON w.dn_key = p.server_key
LEFT JOIN w_servers s ON s.id = coalesce(w.id, (SELECT min(n.id) FROM w_servers n
    WHERE norm(n.name) IN (norm(p.service_dns_name), norm(p.name)) OR n.dns_name = norm(p.service_dns_name)));
