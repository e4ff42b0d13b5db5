-- s_arrays: arrays with their keys.
-- index: id
CREATE VIEW s_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- text: object name
  a.fqdn AS fqdn, -- text: FQDN as stored
  norm(a.fqdn) AS dns_name, -- text: FQDN normalised
  dnkey(a.site_dn) AS site_key, -- text: key of the DN of its site
  a.unread LIKE '%"site_dn"%' AS site_unread, -- bool: its site could not be read
  a.unread LIKE '%"legacy_exchange_dn"%' AS legacy_dn_unread, -- bool: its legacyExchangeDN could not be read
  a.legacy_exchange_dn AS legacy_exchange_dn, -- text: legacyExchangeDN as stored
  a.created AS created, -- text: whenCreated
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged
  a.source_usn_changed AS source_usn_changed, -- int: uSNChanged
  a.unread LIKE '%"fqdn"%' AS fqdn_unread, -- bool: its FQDN could not be read
  rtrim(fold(a.legacy_exchange_dn), '.') AS legacy_key, -- text: legacyExchangeDN for comparison
  a.legacy_exchange_dn IS NOT NULL AND count(*) OVER (PARTITION BY rtrim(fold(a.legacy_exchange_dn), '.')) > 1
    AND max(a.unread LIKE '%"site_dn"%') OVER (PARTITION BY rtrim(fold(a.legacy_exchange_dn), '.')) AS twin_unplaced,
        -- bool: another array has its legacyExchangeDN, and the site of one of them could not be read
  min(a.id) OVER (PARTITION BY rtrim(fold(a.legacy_exchange_dn), '.'), dnkey(a.site_dn)) AS first_id
      -- text: the first array of its site with that legacyExchangeDN, to which databases of all of them are counted
FROM arrays a;
