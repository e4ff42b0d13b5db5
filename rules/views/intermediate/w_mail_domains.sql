-- w_mail_domains: one row per accepted domain, and per other domain in which mailboxes have their primary address.
-- index: domain
CREATE VIEW w_mail_domains AS SELECT
  d.domain AS domain, -- text: normalised domain
  'autodiscover.' || d.domain AS discovery_name, -- text: the name under which Outlook looks for its settings
  d.domain LIKE '*%' AS is_wildcard, -- bool: stands for all subdomains
  d.domain LIKE '%.onmicrosoft.com' AS is_cloud, -- bool: belongs to Exchange Online
  EXISTS (SELECT 1 FROM (SELECT suffix FROM s_internal_suffixes UNION SELECT norm(ltrim(suffix, '.'))
      FROM s_stated_suffixes) x
     WHERE d.domain = x.suffix OR d.domain LIKE '%.' || x.suffix) OR instr(d.domain, '.') = 0 AS is_internal,
         -- bool: of an internal suffix, so that no public zone holds it and no public authority certifies it
  CASE WHEN max(d.is_accepted) = 0 AND k.known THEN 0 ELSE max(d.is_relay) END AS is_relay,
      -- bool: mail for it is passed on, it is not authoritative; NULL when its type could not be read
  CASE WHEN max(d.mailboxes) > 0 THEN 1
       WHEN EXISTS (SELECT 1 FROM s_sections s WHERE s.name = 'mail_domains' AND s.status = 'complete') THEN 0
       WHEN max(d.is_default) = 1 THEN 1 END AS is_in_use,
           -- bool: mailboxes have their primary address in it, by an export; without one it is taken for granted of the
           -- default domain
  CASE WHEN max(d.mailboxes) > 0 THEN 'export'
      WHEN EXISTS (SELECT 1 FROM s_sections s WHERE s.name = 'mail_domains' AND s.status = 'complete') THEN 'export'
       WHEN max(d.is_default) = 1 THEN 'default domain' END AS in_use_source
           -- text: where that is taken from: export or default domain
FROM (SELECT norm(a.domain) AS domain,
    1 AS is_accepted, (a.flags & 3) <> 0 AS is_relay, (a.flags & 4) <> 0 AS is_default, 0 AS mailboxes
    FROM s_accepted_domains a WHERE norm(a.domain) IS NOT NULL
      UNION ALL SELECT norm(m.domain), 0, NULL, 0, m.count FROM s_mail_domains m
          WHERE norm(m.domain) IS NOT NULL) d CROSS JOIN w_known_domains k
GROUP BY d.domain;
