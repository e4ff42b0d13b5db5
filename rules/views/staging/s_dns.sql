-- s_dns: one row per view, resolver and name, address types taken together.
-- index: name
CREATE VIEW s_dns AS SELECT
  view AS view, -- text: internal or external
  resolver AS resolver, -- text: address and port of the resolver
  name AS name, -- text: normalised name
  CASE WHEN max(status = 'answer' AND "values" <> '[]') = 1 THEN 1
       WHEN max(status = 'nxdomain') = 1 THEN 0
       WHEN count(DISTINCT record_type) = 2 AND min(status IN ('no_data', 'answer')) = 1 THEN 0 END AS resolves,
           -- bool: has an address; NULL when not answered
  CASE WHEN max(status = 'answer' OR aliases <> '[]') = 1 THEN 1
       WHEN max(status = 'nxdomain') = 1 THEN 0
       WHEN count(DISTINCT record_type) = 2 AND min(status = 'no_data') = 1 THEN 0 END AS has_record,
           -- bool: has an address or an alias; NULL when not answered
  max(status = 'nxdomain') AS is_nxdomain, -- bool: the name does not exist
  max(status = 'nxdomain') = 1 OR (count(DISTINCT record_type) = 2 AND min(status IN ('no_data', 'answer')) = 1
      AND max(truncated) = 0) AS is_whole -- bool: every address that the resolver has was answered
FROM dns_answers WHERE record_type IN ('A', 'AAAA') GROUP BY view, resolver, name;
