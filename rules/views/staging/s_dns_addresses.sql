-- s_dns_addresses: one row per view, name and address that some resolver answered.
-- index: name
-- index: address
CREATE VIEW s_dns_addresses AS SELECT DISTINCT
  a.view AS view, -- text: internal or external
  a.name AS name, -- text: normalised name
  v.value AS address -- text: IPv4 or IPv6 address
FROM dns_answers a, json_each(a."values") v WHERE a.record_type IN ('A', 'AAAA') AND a.status = 'answer';
