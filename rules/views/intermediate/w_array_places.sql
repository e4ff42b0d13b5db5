-- w_array_places: one row per array name and address inside: whether that address belongs to the array's site.
-- index: name
CREATE VIEW w_array_places AS SELECT
  x.name AS name, -- text: normalised array FQDN
  x.address AS address, -- text: address inside
  x.is_vip AS is_vip, -- bool: shared by servers, so a balancer's
  x.any_server AS any_server, -- text: 2010 Client Access server that has it alone
  coalesce(p.server, p.owner) AS owner, -- text: whose address it is instead
  CASE WHEN p.is_own OR EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = x.address AND b.site_id = x.site_id)
      THEN 'own'
       WHEN p.may_be_own THEN NULL
       WHEN p.server IS NOT NULL THEN 'foreign'
       WHEN NOT k.server_sites OR NOT k.server_names OR NOT n.known THEN NULL
       -- A server of the site whose addresses were not answered may have it, and be no Client Access server.
       WHEN p.in_subnet THEN CASE WHEN NOT EXISTS (SELECT 1 FROM w_servers s LEFT JOIN w_name_answers r
           ON r.name = s.dns_name
              WHERE coalesce(r.internal_known, 0) = 0 AND coalesce(s.site_id, x.site_id) = x.site_id
                  AND NOT (coalesce(s.is_client_access_2010, 0) AND s.site_id IS NOT NULL)) THEN 'own' END
       WHEN p.owner IS NOT NULL THEN CASE WHEN x.site_id NOT IN (SELECT s.site_id FROM w_unseen_servers s
           WHERE s.site_id IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM w_nlb_unread z WHERE coalesce(z.site_id, x.site_id) = x.site_id)
                  THEN 'foreign' END
       WHEN EXISTS (SELECT 1 FROM w_balancers b
           WHERE b.address = x.address AND coalesce(b.site_id, x.site_id) = x.site_id) THEN 'own'
       WHEN EXISTS (SELECT 1 FROM w_endpoint_certificates e WHERE e.address = x.address AND e.port = 443 AND (
              EXISTS (SELECT 1 FROM w_endpoint_certificates m
                  WHERE m.certificate_id = e.certificate_id AND m.site_id = x.site_id)
              OR EXISTS (SELECT 1 FROM w_https_uses u WHERE u.site_id = x.site_id AND covers(e.presented, u.name) = 1)))
                  THEN 'own' END AS place -- text: own or foreign; NULL when not known
FROM (SELECT y.*, a.site_id FROM w_array_addresses y JOIN w_array_names a ON a.name = y.name
    WHERE a.site_id IS NOT NULL) x
CROSS JOIN w_known_subnets n CROSS JOIN w_known k
JOIN (SELECT y.name, y.address,
        EXISTS (SELECT 1 FROM w_server_addresses w JOIN w_servers s ON s.id = w.server_id
                WHERE w.address = y.address AND s.site_id = a.site_id AND s.is_client_access_2010) AS is_own,
        EXISTS (SELECT 1 FROM w_server_addresses w JOIN w_servers s ON s.id = w.server_id
                WHERE w.address = y.address AND coalesce(s.site_id, a.site_id) = a.site_id
                    AND coalesce(s.is_client_access_2010, 1) = 1) AS may_be_own,
        (SELECT 'server ' || min(s.name || CASE WHEN s.site IS NULL THEN '' ELSE ' of ' || s.site END)
           FROM w_server_addresses w JOIN w_servers s ON s.id = w.server_id WHERE w.address = y.address) AS server,
        (SELECT CASE WHEN n.site_id <> a.site_id THEN 'a subnet of site ' || n.site END FROM w_subnets n
           WHERE address_key(y.address, 0) BETWEEN n.first AND n.last ORDER BY n.first DESC, n.last LIMIT 1) AS owner,
        coalesce((SELECT n.site_id = a.site_id FROM w_subnets n
                    WHERE address_key(y.address, 0) BETWEEN n.first AND n.last ORDER BY n.first DESC, n.last LIMIT 1),
                        0) AS in_subnet
      FROM w_array_addresses y JOIN w_array_names a ON a.name = y.name) p ON p.name = x.name AND p.address = x.address;
