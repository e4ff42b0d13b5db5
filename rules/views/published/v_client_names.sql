-- v_client_names: one row per name that HTTPS clients look up, inside, outside, or for Autodiscover of a mail domain.
-- index: id
CREATE VIEW v_client_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.name || '.' AS absolute_name, -- text: the name with a trailing dot, for nslookup
  (SELECT max(u.site) FROM v_https_uses u
      WHERE u.name = n.name HAVING count(DISTINCT u.site) = 1 AND count(*) = count(u.site)) AS site,
      -- text: site of the servers that publish it, when it is one
  n.name LIKE '%.%' AS has_domain, -- bool: more than one label
  n.used_inside AS used_inside,
      -- bool: an InternalUrl or an Autodiscover address carries it; NULL when not all were seen
  n.used_outside AS used_outside, -- bool: an ExternalUrl or Outlook Anywhere carries it; NULL when not all were seen
  coalesce((SELECT list_of(y.shown) FROM (SELECT w.shown FROM w_client_uses w WHERE w.name = n.name
     UNION SELECT 'Autodiscover of mail domain ' || m.domain) y), '[]') AS users,
         -- list: what uses it
  m.domain AS mail_domain, -- text: mail domain whose Autodiscover name it is
  m.is_in_use AS domain_in_use, -- bool: mailboxes have their primary address in that domain; NULL when not known
  m.in_use_source AS domain_in_use_source, -- text: where that is taken from: export or default domain
  CASE WHEN m.is_wildcard THEN 'it stands for subdomains' WHEN m.is_cloud THEN 'it belongs to Exchange Online'
       WHEN m.is_relay THEN 'its mail is passed on to another system'
           WHEN m.is_internal THEN 'no public zone holds an internal name'
           WHEN m.is_in_use = 0 THEN 'no mailbox has its primary address in it' END AS domain_exclusion,
           -- text: why that domain needs no Autodiscover name
  n.resolves_inside AS resolves_internally, -- bool: has an address inside; NULL when not answered
  n.resolves_outside AS resolves_externally, -- bool: has an address outside; NULL when not answered
  r.has_record AS has_srv_externally,
      -- bool: the domain has a service record for Autodiscover outside; NULL when not asked or not answered
  CASE WHEN n.used_inside = 0 OR n.resolves_inside THEN 1 WHEN n.used_inside THEN n.resolves_inside END AS found_inside,
      -- bool: clients inside that need it find it
  CASE WHEN n.used_outside = 0 OR n.resolves_outside THEN 1
      WHEN n.used_outside THEN n.resolves_outside END AS found_outside,
      -- bool: clients outside that were given it find it
  CASE WHEN n.recorded_outside OR r.has_record THEN 1
       WHEN m.domain IS NULL THEN CASE WHEN c.known OR n.name NOT LIKE 'autodiscover.%' THEN 1 END
       WHEN m.is_wildcard OR m.is_cloud OR m.is_relay OR m.is_internal OR m.is_in_use = 0 THEN 1
       WHEN n.recorded_outside = 0 AND r.has_record = 0 AND m.is_in_use
           AND m.is_relay = 0 THEN 0 END AS found_for_domain,
           -- bool: clients outside find Autodiscover of the mail domain, by this name or by a service record
  (SELECT min(a.source_origin) FROM s_dns_answers a WHERE a.name = n.name) AS source_origin, -- text: where it was read
  (SELECT min(a.source_at) FROM s_dns_answers a WHERE a.name = n.name) AS source_at -- text: when it was read
FROM (SELECT x.name,
        CASE WHEN EXISTS (SELECT 1 FROM w_client_uses u WHERE u.name = x.name AND u.scope = 'internal') THEN 1
            WHEN k.known THEN 0 END AS used_inside,
        CASE WHEN EXISTS (SELECT 1 FROM w_client_uses u WHERE u.name = x.name AND u.scope = 'external') THEN 1
            WHEN k.known THEN 0 END AS used_outside,
        d.resolves_internally AS resolves_inside, d.resolves_externally AS resolves_outside,
            d.answered_externally AS recorded_outside
      FROM (SELECT name FROM w_client_uses UNION SELECT discovery_name FROM v_mail_domains) x CROSS JOIN w_https_known k
      LEFT JOIN w_name_answers d ON d.name = x.name) n
CROSS JOIN w_known_domains c
LEFT JOIN v_mail_domains m ON m.discovery_name = n.name
LEFT JOIN w_service_records r ON r.domain = m.domain
WHERE address_key(n.name, 0) IS NULL;
