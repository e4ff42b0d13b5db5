-- w_arrays: arrays with their keys.
-- index: legacy_key
-- index: site_key
-- index: dns_name
-- index: site_id
CREATE VIEW w_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- text: object name
  a.fqdn AS fqdn, -- text: FQDN as stored
  norm(a.fqdn) AS dns_name, -- text: FQDN normalised
  dnkey(a.site_dn) AS site_key, -- text: key of the DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  a.unread LIKE '%"site_dn"%' AS site_unread, -- bool: its site could not be read
  a.unread LIKE '%"fqdn"%' AS fqdn_unread, -- bool: its FQDN could not be read
  rtrim(fold(a.legacy_exchange_dn), '.') AS legacy_key, -- text: legacyExchangeDN for comparison
  min(a.id) OVER (PARTITION BY rtrim(fold(a.legacy_exchange_dn), '.'), dnkey(a.site_dn)) AS first_id -- text: the first array of its site with that legacyExchangeDN, to which databases of all of them are counted
FROM arrays a LEFT JOIN w_sites t ON t.dn_key = dnkey(a.site_dn);
