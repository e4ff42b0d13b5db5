-- w_arrays: arrays with their keys.
-- index: id
-- index: legacy_key
-- index: site_key
-- index: dns_name
-- index: site_id
CREATE VIEW w_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- text: object name
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.site_key AS site_key, -- text: key of the DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  a.site_unread AS site_unread, -- bool: its site could not be read
  a.fqdn_unread AS fqdn_unread, -- bool: its FQDN could not be read
  a.legacy_key AS legacy_key, -- text: legacyExchangeDN for comparison
  a.first_id AS first_id
      -- text: the first array of its site with that legacyExchangeDN, to which databases of all of them are counted
FROM s_arrays a LEFT JOIN s_sites t ON t.dn_key = a.site_key;
