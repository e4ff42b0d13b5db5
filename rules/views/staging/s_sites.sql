-- s_sites: sites with the key that server and array records point to.
-- index: id
-- index: dn_key
-- index: name_key
CREATE VIEW s_sites AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: site name
  fold(name) AS name_key, -- text: site name for comparison
  dnkey(dn) AS dn_key, -- text: key of its DN
  subnets AS subnets, -- list: subnets in CIDR notation
  unread LIKE '%"subnets"%' AS subnets_unread, -- bool: not all of them could be read
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  source_when_changed AS source_when_changed, -- text: whenChanged
  source_usn_changed AS source_usn_changed -- int: uSNChanged
FROM sites;
