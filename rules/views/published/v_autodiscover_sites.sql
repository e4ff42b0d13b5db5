-- v_autodiscover_sites: one row per site that some Autodiscover service connection point names.
-- index: id
CREATE VIEW v_autodiscover_sites AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  count(DISTINCT u.host) AS host_count, -- int: different hosts that its clients are given
  list_of(coalesce(substr(v.created, 1, 10), 'unknown') || ' ' || v.name || ': '
      || coalesce(u.uri, 'no address')) AS addresses,
      -- list: addresses with their servers, oldest first, as Outlook tries them
  c.service_connection_points_complete AND NOT EXISTS (SELECT 1 FROM w_points x WHERE NOT x.scope_read)
    AND min(v.uris_read) = 1 AND min(v.is_address IS NOT NULL) = 1 AS is_known,
        -- bool: all of them were seen, with their addresses
  max(coalesce(v.is_grave, 0) OR v.faults <> '[]' OR coalesce(v.is_orphan, 0)) AS has_fault,
      -- bool: one of them fails CAS-SCP-002 or CAS-SCP-003
  coalesce((SELECT identities(z.name, z.id) FROM w_scopes g JOIN w_points q ON q.id = g.id
      JOIN v_servers z ON z.id = q.server_id
      WHERE g.site_id = t.id AND (z.major < 15 OR (z.major = 15 AND z.minor = 0))), '[]') AS point_servers,
      -- identities: their servers, where Set-ClientAccessServer changes the address
  coalesce((SELECT identities(z.name, z.id) FROM w_scopes g JOIN w_points q ON q.id = g.id
      JOIN v_servers z ON z.id = q.server_id
      WHERE g.site_id = t.id AND (z.major > 15 OR (z.major = 15 AND z.minor > 0))), '[]') AS newer_point_servers,
      -- identities: their servers, where Set-ClientAccessService does
  min(v.source_origin) AS source_origin, -- text: where it was read
  min(v.source_at) AS source_at -- text: when it was read
FROM w_scopes w JOIN s_sites t ON t.id = w.site_id CROSS JOIN v_coverage c
JOIN v_service_connection_points v ON v.id = w.id
LEFT JOIN w_point_uris u ON u.id = w.id
GROUP BY t.id;
