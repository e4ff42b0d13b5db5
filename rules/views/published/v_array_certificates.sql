-- v_array_certificates: one row per array, with the certificates that its members present.
-- index: id
CREATE VIEW v_array_certificates AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.fqdn_problem AS fqdn_problem, -- text: why the FQDN cannot be used
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.https_url_count AS https_url_count, -- int: HTTPS URLs that carry the array's name
  count(m.certificate_id) AS certificate_count, -- int: certificates that members present
  sum(m.issuer_class = 'public') AS public_count, -- int: of those, from a public authority
  list_of(CASE WHEN m.server IS NOT NULL AND m.certificate_id IS NULL THEN m.server END) AS unseen_members,
      -- list: members whose certificate was not seen
  list_of(CASE WHEN m.certificate_id IS NOT NULL AND m.issuer_class IS NULL THEN m.certificate END) AS unknown_issuers,
      -- list: certificates of which it is not known whether a public authority issued them
  CASE WHEN max(l.certificate_id) IS NOT NULL THEN 0
       WHEN a.member_count IS NULL OR count(m.server) = 0 THEN NULL
       WHEN max(m.certificate_id IS NULL OR m.issuer_class IS NULL) = 1 THEN NULL
       WHEN max(m.issuer_class <> 'public' AND m.covered IS NULL) = 1 THEN NULL
       ELSE 1 END AS bears_name,
           -- bool: every private or self-signed certificate of its members stands for the array's name
  coalesce(max(l.servers), '[]') AS lacking_servers, -- list: members with a certificate that does not
  coalesce(max(l.certificates), '[]') AS lacking_certificates, -- list: those certificates
  max(l.self_signed_id) AS self_signed_id, -- text: thumbprint of the first of them, when all are self-signed
  max(v.request_server) AS request_server,
      -- identity(request_server_id): the first server that presents the first of them
  max(v.request_server_id) AS request_server_id, -- text: objectGUID of that server
  max(v.other_servers) AS other_servers, -- identities: the other servers that present it
  max(v.request_subject) AS request_subject, -- text: subject for a request that replaces it
  (SELECT list_of(y.name) FROM (SELECT j.value AS name FROM json_each(v.request_names) j UNION
      SELECT a.dns_name) y) AS request_names,
      -- list: DNS names for that request: its own, those that clients use, the array's
  max(v.old_thumbprint) AS old_thumbprint, -- text: its thumbprint, while it is valid
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a
LEFT JOIN w_member_certificates m ON m.array_id = a.id
LEFT JOIN w_lacking l ON l.array_id = a.id
LEFT JOIN v_certificates v ON v.id = l.certificate_id
GROUP BY a.id;
