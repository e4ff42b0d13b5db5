-- v_array_rpc_settings: one row per array, whether the RPC Client Access services of its members are set alike.
-- index: id
CREATE VIEW v_array_rpc_settings AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.member_count AS member_count, -- int: members, when all servers are known
  a.members AS members, -- identities: member servers
  coalesce(list_of(w.name || ': ' || w.blocked), '[]') AS blocked_versions,
      -- list: each member with the client versions that it refuses
  coalesce(list_of(w.name || ': ' || w.connections), '[]') AS connection_limits,
      -- list: each member with the connections that it accepts
  coalesce(list_of(CASE WHEN w.blocked IS NULL OR w.connections IS NULL THEN w.name END), '[]') AS unread_members,
      -- list: members of which not both could be read
  CASE WHEN min(w.blocked) < max(w.blocked) THEN 1
      WHEN count(w.blocked) = a.member_count THEN 0 END AS blocked_versions_differ,
      -- bool: not all members refuse the same clients; NULL when not known
  CASE WHEN min(w.connections) < max(w.connections) THEN 1
      WHEN count(w.connections) = a.member_count THEN 0 END AS connection_limits_differ,
      -- bool: not all members accept as many connections; NULL when not known
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a LEFT JOIN w_rpc_settings w ON w.array_id = a.id GROUP BY a.id;
