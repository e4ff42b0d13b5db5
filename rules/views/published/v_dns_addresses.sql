-- v_dns_addresses: one row per view, name and address that some resolver answered.
-- index: name
-- index: address
CREATE VIEW v_dns_addresses AS SELECT
  a.view AS view, -- text: internal or external
  a.name AS name, -- text: normalised name
  a.address AS address -- text: IPv4 or IPv6 address
FROM s_dns_addresses a;
