-- w_memberships: one row per server of a site with an array.
-- index: id
CREATE VIEW w_memberships AS SELECT
  m.id AS id, -- text: server
  max(coalesce(m.is_member, 0)) AS is_member, -- bool: seen to be a member
  max(m.is_member IS NULL) AS is_undecided, -- bool: it is not known of some array
  coalesce(list_of(a.fqdn), '[]') AS arrays -- list: FQDNs of the arrays
FROM w_array_servers m JOIN w_arrays a ON a.id = m.array_id GROUP BY m.id;
