-- v_autodiscover_domains: one row per mail domain, as the Autodiscover name that mobile and remote clients derive from
--   it.
-- index: id
CREATE VIEW v_autodiscover_domains AS SELECT
  d.discovery_name AS id, -- text: normalised name
  d.discovery_name AS name, -- text: normalised name
  NULL AS site, -- text: none
  d.domain AS domain, -- text: mail domain
  d.is_wildcard AS is_wildcard, -- bool: the accepted domain stands for all subdomains
  d.is_relay AS is_relay, -- bool: mail for it is passed on to other systems; NULL when its type could not be read
  d.is_cloud AS is_cloud, -- bool: belongs to Exchange Online
  d.is_internal AS is_internal, -- bool: of an internal suffix, so that no public authority certifies it
  (SELECT sum(m.count) FROM s_mail_domains m WHERE norm(m.domain) = d.domain) AS mailbox_count,
      -- int: mailboxes with a primary address in it, from an export
  d.is_in_use AS is_in_use, -- bool: mailboxes have their primary address in it; NULL when not known
  d.in_use_source AS in_use_source, -- text: where that is taken from: export or default domain
  CASE WHEN EXISTS (SELECT 1 FROM v_certificates c WHERE c.internet_facing AND covers(c.names, d.discovery_name)) THEN 1
       WHEN k.tls_complete AND NOT EXISTS (SELECT 1 FROM v_certificates c WHERE coalesce(c.internet_facing, 1)
           AND covers(c.names, d.discovery_name) IS NULL OR covers(c.names, d.discovery_name) = 1)
           THEN 0 END AS is_covered, -- bool: a certificate that faces the Internet stands for it
  coalesce((SELECT list_of(c.name) FROM v_certificates c WHERE c.internet_facing), '[]') AS certificates,
      -- list: certificates that face the Internet
  r.has_record AS has_service_record,
      -- bool: an SRV record for Autodiscover exists outside; NULL when no external resolver answered
  r.target AS service_host, -- text: host that it names
  CASE WHEN r.has_record = 0 THEN 0 WHEN r.target IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM v_certificates c WHERE c.internet_facing AND covers(c.names, r.target)) THEN 1
       WHEN k.tls_complete AND NOT EXISTS (SELECT 1 FROM v_certificates c WHERE coalesce(c.internet_facing, 1)
           AND covers(c.names, r.target) IS NULL OR covers(c.names, r.target) = 1)
           THEN 0 END AS service_host_is_covered, -- bool: a certificate that faces the Internet stands for that host
  CASE WHEN EXISTS (SELECT 1 FROM s_aliases a
      WHERE a.view = 'external' AND a.name = d.discovery_name
      AND (a.target LIKE '%.outlook.com' OR a.target LIKE '%.outlook.cn' OR a.target LIKE '%.office365.us')) THEN 1
       WHEN EXISTS (SELECT 1 FROM s_dns a
           WHERE a.view = 'external' AND a.name = d.discovery_name AND a.has_record IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM s_dns a
            WHERE a.view = 'external' AND a.name = d.discovery_name AND a.has_record IS NULL)
            THEN 0 END AS leads_to_cloud,
            -- bool: outside it is an alias of Exchange Online; NULL when not every external resolver answered
  (SELECT max(t.internet_facing) FROM v_sites t) = 1 AS has_internet_facing_site,
      -- bool: some site is known to face the Internet
  q.request_server AS request_server,
      -- identity(request_server_id): a server that presents a certificate facing the Internet
  q.request_server_id AS request_server_id, -- text: objectGUID of that server
  q.other_servers AS other_servers, -- identities: the other servers that present it
  q.request_subject AS request_subject, -- text: subject for a request that replaces that certificate
  (SELECT list_of(y.name) FROM (SELECT j.value AS name FROM json_each(coalesce(q.request_names, '[]')) j UNION
      SELECT d.discovery_name) y) AS request_names,
      -- list: names for that request: its own, those that clients use, and this one
  q.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  (SELECT min(a.source_origin) FROM s_dns_answers a WHERE a.name = d.discovery_name) AS source_origin,
      -- text: where it was read
  (SELECT min(a.source_at) FROM s_dns_answers a WHERE a.name = d.discovery_name) AS source_at -- text: when it was read
FROM v_mail_domains d CROSS JOIN v_coverage k JOIN w_service_records r ON r.domain = d.domain
LEFT JOIN v_certificates q ON q.id = (SELECT min(c.id) FROM v_certificates c WHERE c.internet_facing
    AND c.request_server IS NOT NULL);
