-- s_dns_answers: dns answers, as they were read.
-- index: name
CREATE VIEW s_dns_answers AS SELECT
  view AS view, -- text: internal or external
  resolver AS resolver, -- text: address and port of the resolver
  name AS name, -- text: object name
  record_type AS record_type, -- text: A, AAAA, SRV or SOA
  status AS status, -- text: status
  aliases AS aliases, -- text: aliases, as stored
  "values" AS answers, -- text: values, as stored
  ttl AS ttl, -- int: ttl, as stored
  authoritative AS authoritative, -- int: authoritative, as stored
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at -- text: when it was read
FROM dns_answers;
