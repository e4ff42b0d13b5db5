-- w_discovery_points: per Exchange 2010 server, the Autodiscover address of its only service connection point.
-- index: server_id
CREATE VIEW w_discovery_points AS SELECT
  p.server_id AS server_id, -- text: objectGUID of the server
  min((SELECT min(j.value) FROM json_each(r.uris) j)) AS uri, -- text: the address
  count(*) = 1 AND min(p.uris_read) = 1 AND max((SELECT count(*) FROM json_each(r.uris) j)) < 2 AS is_known
      -- bool: there is one at most, and it was read
FROM w_points p JOIN s_service_connection_points r ON r.id = p.id
    WHERE p.server_id IS NOT NULL AND coalesce(p.is_address, 1) GROUP BY p.server_id;
