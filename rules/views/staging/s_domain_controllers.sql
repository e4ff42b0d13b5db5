-- s_domain_controllers: domain controllers with the keys that join them to sites and accounts.
CREATE VIEW s_domain_controllers AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: short name
  dnkey(site_dn) AS site_key, -- text: key of the DN of its site
  norm(dns_host_name) AS dns_name, -- text: FQDN normalised
  level AS level, -- int: highest functional level that it offers
  read_only AS is_read_only, -- bool: read-only domain controller
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM domain_controllers;
