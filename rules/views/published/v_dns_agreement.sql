-- v_dns_agreement: one row per array name and internal HTTPS name, with what each internal resolver says.
-- index: id
CREATE VIEW v_dns_agreement AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.absolute_name AS absolute_name, -- text: the name with a trailing dot, for nslookup
  n.site AS site, -- text: site of the array that bears it, when it is one site
  n.fqdn_problem AS fqdn_problem, -- text: why the name cannot be used
  (SELECT count(DISTINCT a.resolver) FROM v_dns_answers a WHERE a.view = 'internal') AS resolver_count,
      -- int: internal resolvers that were asked at all
  coalesce((SELECT list_of(s.text)
     FROM (SELECT a.resolver || ' says ' || v.value AS text FROM s_dns_answers a, json_each(a.answers) v
             WHERE a.view = 'internal' AND a.name = n.name AND a.record_type IN ('A', 'AAAA') AND a.status = 'answer'
           UNION SELECT d.resolver || ' says none' FROM s_dns d
               WHERE d.view = 'internal' AND d.name = n.name AND d.resolves = 0) s), '[]') AS answers,
               -- list: addresses by resolver
  CASE WHEN (SELECT max(s.set_count) FROM s_dns_sets s WHERE s.name = n.name) > 1 THEN 0
       WHEN (SELECT min(s.resolver_count) FROM s_dns_sets s WHERE s.name = n.name) = (SELECT count(DISTINCT a.resolver)
           FROM s_dns a WHERE a.view = 'internal') THEN 1 END AS agrees,
           -- bool: all give the same addresses; NULL when they do so far and not all answered
  n.source_origin AS source_origin, -- text: where it was read
  n.source_at AS source_at -- text: when it was read
FROM v_dns_names n
WHERE n.is_array_name OR EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name AND u.scope = 'internal');
