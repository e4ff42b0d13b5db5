-- s_dns_sets: one row per name and record type, how many internal resolvers answered and how many different answers
--   there are.
-- index: name
CREATE VIEW s_dns_sets AS SELECT
  s.name AS name, -- text: normalised name
  s.record_type AS record_type, -- text: A or AAAA
  count(*) AS resolver_count, -- int: resolvers that answered
  count(DISTINCT s.addresses) AS set_count -- int: different sets of addresses
FROM (SELECT a.name, a.record_type, a.resolver,
        coalesce((SELECT list_of(v.value) FROM json_each(a."values") v), '[]') AS addresses
      FROM dns_answers a WHERE a.view = 'internal' AND a.record_type IN ('A', 'AAAA')
          AND a.status IN ('answer', 'no_data', 'nxdomain')) s
GROUP BY s.name, s.record_type;
