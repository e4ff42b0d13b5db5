-- s_service_connection_points: service connection points, as they were read.
-- index: id
CREATE VIEW s_service_connection_points AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: object name
  dn AS dn, -- text: DN as stored
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  source_usn_changed AS source_usn_changed, -- int: uSNChanged on that controller
  unread AS unread, -- text: JSON list of attributes that could not be read
  server_dn AS server_dn, -- text: DN of the server above it
  dnkey(server_dn) AS server_key, -- text: key of that DN
  uris AS uris, -- text: uris, as stored
  keywords AS keywords, -- text: keywords, as stored
  service_dns_name AS service_dns_name, -- text: service dns name, as stored
  created AS created -- text: created, as stored
FROM service_connection_points;
