-- s_point_addresses: one row per Autodiscover service connection point and address that it holds.
-- index: id
CREATE VIEW s_point_addresses AS SELECT
  p.id AS id, -- text: service connection point
  p.name AS name, -- text: its name
  dnkey(p.server_dn) AS server_key, -- text: key of the DN of the server above it
  j.value AS uri, -- text: address as stored
  host(j.value) AS host -- text: its normalised host
FROM service_connection_points p, json_each(p.uris) j;
