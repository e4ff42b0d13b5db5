-- v_array_site_enforcement: one row per array, whether its members treat alike what was moved to another site.
-- index: id
CREATE VIEW v_array_site_enforcement AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.member_count AS member_count, -- int: members, when all servers are known
  a.members AS members, -- identities: member servers
  coalesce(list_of(w.name || ' ' || w.setting), '[]') AS site_enforcement,
      -- list: each member with EnablePreferredSiteEnforcement of its registry
  coalesce(list_of(CASE WHEN w.setting IS NULL THEN w.name END), '[]') AS unread_members,
      -- list: members of which it could not be read
  CASE WHEN min(w.setting) < max(w.setting) THEN 1
      WHEN count(w.setting) = a.member_count THEN 0 END AS site_enforcement_differs,
      -- bool: it is not the same on all members; NULL when not known
  min(nullif(w.setting, 'not set')) < max(nullif(w.setting, 'not set')) AS site_enforcement_contradicts,
      -- bool: two of them hold different values; NULL when at most none holds one
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a LEFT JOIN w_site_enforcement w ON w.array_id = a.id GROUP BY a.id;
