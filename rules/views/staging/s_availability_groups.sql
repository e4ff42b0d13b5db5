-- s_availability_groups: availability groups, as they were read.
CREATE VIEW s_availability_groups AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: object name
  dn AS dn, -- text: DN as stored
  dnkey(dn) AS dn_key, -- text: key of its DN
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  source_usn_changed AS source_usn_changed, -- int: uSNChanged on that controller
  CASE WHEN unread NOT LIKE '%"allow_cross_site_rpc"%' THEN coalesce(allow_cross_site_rpc, 0) END AS keeps_clients,
      -- bool: clients stay on the array of the preferred site
  allow_cross_site_rpc AS allow_cross_site_rpc -- int: allow cross site rpc, as stored
FROM availability_groups;
