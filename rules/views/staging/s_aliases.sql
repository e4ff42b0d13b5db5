-- s_aliases: one row per step of an alias chain that a resolver answered.
-- index: name
CREATE VIEW s_aliases AS SELECT
  a.view AS view, -- text: internal or external
  a.resolver AS resolver, -- text: address and port of the resolver
  a.name AS name, -- text: normalised name that was asked
  a.record_type AS record_type, -- text: A or AAAA
  j.key AS place, -- int: 0 is the alias at the name itself
  norm(json_extract(j.value, '$.target')) AS target, -- text: what that step stands for
  json_extract(j.value, '$.ttl') AS ttl -- int: seconds
FROM dns_answers a, json_each(a.aliases) j WHERE a.record_type IN ('A', 'AAAA');
