-- v_array_members_tls: one row per array, how the certificates of its members compare.
-- index: id
CREATE VIEW v_array_members_tls AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.fqdn_problem AS fqdn_problem, -- text: why the FQDN cannot be used
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.is_https_name AS is_https_name, -- bool: some HTTPS URL carries its name; NULL while not all URLs are known
  coalesce((SELECT list_of(m.server || ': ' || m.certificate) FROM w_member_certificates m
      WHERE m.array_id = a.id), '[]') AS member_certificates, -- list: members with their certificates
  coalesce((SELECT list_of(m.server) FROM w_member_certificates m
      WHERE m.array_id = a.id AND m.certificate_id IS NULL), '[]') AS unseen_members,
      -- list: members whose certificate was not seen
  CASE WHEN (SELECT count(DISTINCT m.certificate_id) FROM w_member_certificates m WHERE m.array_id = a.id) > 1 THEN 0
       WHEN a.member_count IS NULL OR EXISTS (SELECT 1 FROM w_member_certificates m WHERE m.array_id = a.id
           AND m.certificate_id IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_member_certificates m JOIN v_servers s ON s.id = m.server_id
           JOIN w_unseen_addresses u ON u.endpoint = s.dns_name || ':443' WHERE m.array_id = a.id) THEN NULL
       ELSE 1 END AS same_certificate, -- bool: all members present one certificate
  CASE WHEN (SELECT count(DISTINCT o.names) FROM w_member_certificates m
           JOIN w_own_names o ON o.certificate_id = m.certificate_id WHERE m.array_id = a.id) > 1 THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_member_certificates m LEFT JOIN s_certificates c ON c.sha1 = m.certificate_id
           WHERE m.array_id = a.id AND (m.certificate_id IS NULL OR c.unread LIKE '%"dns_names"%'
               OR c.unread LIKE '%"common_name"%')) THEN 0 END AS names_differ,
      -- bool: their certificates stand for different names; NULL when not all of these could be read
  (SELECT max(y.newest) - min(y.newest) FROM (SELECT m.server, max(julianday(c.not_before)) AS newest
      FROM w_member_certificates m
     JOIN s_certificates c ON c.sha1 = m.certificate_id WHERE m.array_id = a.id
         GROUP BY m.server HAVING count(*) = count(c.not_before)) y) AS newest_apart_days,
         -- real: days between the issue dates of the members' newest certificates
  (SELECT min(t.is_behind_balancer AND t.has_required_names = 0) FROM w_member_certificates m
      JOIN v_servers s ON s.id = m.server_id
     JOIN v_tls_endpoints t ON t.id = s.dns_name || ':443'
         WHERE m.array_id = a.id HAVING count(*) = count(t.has_required_names)) AS ends_at_balancer,
         -- bool: a balancer ends TLS in front of every member
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l
      WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name), '[]') AS public_certificates,
      -- list: public certificates that bear the array's name
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l
      WHERE l.array_id = a.id AND l.issuer_class IS NULL
      AND coalesce(l.bears_name, 1)), '[]') AS unclassed_certificates,
      -- list: certificates that bear it, as far as is known, and may be public
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l
      WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name IS NULL), '[]') AS unread_certificates,
      -- list: public certificates whose names could not be read
  (SELECT max(l.issuer_class = 'public') FROM w_array_leafs l
      WHERE l.array_id = a.id HAVING count(*) = count(l.issuer_class)) AS has_public,
      -- bool: one of the certificates is public; NULL when of one it is not known
  (SELECT min(l.certificate_id) FROM w_array_leafs l
      WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name) AS public_id,
      -- text: thumbprint of the first of them
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a;
