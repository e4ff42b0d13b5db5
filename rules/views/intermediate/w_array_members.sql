-- w_array_members: one row per array, how many servers stand behind it.
-- index: id
CREATE VIEW w_array_members AS SELECT
  a.id AS id, -- text: array
  count(s.id) FILTER (WHERE s.is_client_access) AS seen_client_access_count,
      -- int: Client Access servers seen in its site
  count(s.id) FILTER (WHERE s.is_member) AS seen_member_count, -- int: members seen
  k.server_sites AND NOT a.site_unread
    AND count(s.id) = count(s.is_client_access) AS client_access_known,
        -- bool: no other Client Access server is possible
  k.server_sites AND NOT a.site_unread
    AND count(s.id) = count(s.is_member) AS members_known, -- bool: no other member is possible
  count(s.id) FILTER (WHERE s.is_live) AS seen_live_count, -- int: members seen to which clients come
  k.server_sites AND NOT a.site_unread
    AND count(s.id) = count(s.is_live) AS live_known -- bool: no other one is possible
FROM w_arrays a CROSS JOIN w_known k LEFT JOIN w_array_servers s ON s.array_id = a.id GROUP BY a.id;
