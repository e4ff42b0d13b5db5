-- v_domain_controllers: one row per domain controller of the forest.
-- index: id
CREATE VIEW v_domain_controllers AS SELECT
  c.id AS id, -- text: objectGUID
  c.name AS name, -- text: short name
  (SELECT t.name FROM s_sites t WHERE t.dn_key = c.site_key) AS site, -- text: Active Directory site
  c.dns_name AS dns_name, -- text: FQDN normalised
  c.level AS level, -- int: highest functional level that its Windows offers; 7 is Windows Server 2016, 2019 and 2022
  max(w.seen) AS operating_system,
      -- text: its Windows, as its computer account in the domain partition tells; NULL when not seen
  list_of(w.system) AS possible_systems, -- list: versions of Windows that it may run, by that or by its level
  c.is_read_only AS is_read_only, -- bool: read-only, which Exchange does not use
  CASE WHEN min(w.is_supported) = max(w.is_supported)
      AND count(w.is_supported) = count(*) THEN min(w.is_supported) END AS is_supported,
      -- bool: some build of Exchange 2010 is supported beside it; NULL when not known
  min(w.minimum_key) AS minimum_key,
      -- text: first build of Exchange 2010 that may be supported beside it, for comparison
  min(w.required) AS required, -- text: the same, for people
  c.source_origin AS source_origin, -- text: where it was read
  c.source_at AS source_at, -- text: when it was read
  c.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  c.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM s_domain_controllers c JOIN w_controllers w ON w.id = c.id GROUP BY c.id;
