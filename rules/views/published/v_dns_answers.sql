-- v_dns_answers: one row per answer of a resolver, as evidence.
-- index: name
CREATE VIEW v_dns_answers AS SELECT
  view AS view, -- text: internal or external
  resolver AS resolver, -- text: address and port of the resolver
  name AS name, -- text: normalised name
  record_type AS record_type, -- text: A, AAAA, SRV or SOA
  status AS status, -- text: answer, nxdomain, no_data, servfail, refused, timeout or bad_answer
  answers AS answers, -- list: addresses or record texts
  coalesce((SELECT list_of(json_extract(s.value, '$.target')) FROM json_each(aliases) s), '[]') AS alias_targets,
      -- list: targets of the CNAME chain
  ttl AS ttl, -- int: seconds, of the final records
  authoritative AS authoritative, -- bool: whether the resolver is an authority for the name
  source_at AS source_at -- text: when it was asked
FROM s_dns_answers;
