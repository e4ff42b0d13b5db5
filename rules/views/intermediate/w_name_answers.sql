-- w_name_answers: per name that was asked of DNS, what the resolvers of either view say. One that did not answer may
--   have an address where the others have none.
-- index: name
CREATE VIEW w_name_answers AS SELECT
  d.name AS name, -- text: normalised name
  CASE WHEN max(d.resolves) FILTER (WHERE d.view = 'internal') THEN 1
      WHEN count(d.resolves) FILTER (WHERE d.view = 'internal') = r.internal THEN 0 END AS resolves_internally,
      -- bool: has an address on some internal resolver; NULL when not all answered
  CASE WHEN max(d.has_record) FILTER (WHERE d.view = 'internal') THEN 1
      WHEN count(d.has_record) FILTER (WHERE d.view = 'internal') = r.internal THEN 0 END AS answered_internally,
      -- bool: some internal resolver has a record
  CASE WHEN max(d.resolves IS NOT NULL AND NOT d.is_nxdomain) FILTER (WHERE d.view = 'internal') THEN 0
      WHEN count(d.resolves) FILTER (WHERE d.view = 'internal') = r.internal THEN 1 END AS is_nxdomain_internally,
      -- bool: every internal resolver says that it does not exist
  list_of(CASE WHEN d.view = 'internal' AND d.resolves IS NOT NULL THEN d.resolver END) AS internal_resolvers,
      -- list: internal resolvers that answered
  min(CASE WHEN d.view = 'internal' THEN d.is_whole END) AS internal_known,
      -- bool: every internal resolver gave all the addresses that it has
  CASE WHEN max(d.resolves) FILTER (WHERE d.view = 'external') THEN 1
      WHEN count(d.resolves) FILTER (WHERE d.view = 'external') = r.external THEN 0 END AS resolves_externally,
      -- bool: has an address outside; NULL when not all resolvers answered
  CASE WHEN max(d.has_record) FILTER (WHERE d.view = 'external') THEN 1
      WHEN count(d.has_record) FILTER (WHERE d.view = 'external') = r.external THEN 0 END AS answered_externally,
      -- bool: some external resolver has a record
  min(CASE WHEN d.view = 'external' AND d.has_record IS NOT NULL
      AND d.resolver LIKE '%:%' THEN d.resolver END) AS external_resolver
      -- text: an external resolver that answered, with its port
FROM s_dns d
CROSS JOIN (SELECT nullif(count(DISTINCT CASE WHEN view = 'internal' THEN resolver END), 0) AS internal,
    nullif(count(DISTINCT CASE WHEN view = 'external' THEN resolver END), 0) AS external FROM s_dns) r
GROUP BY d.name;
