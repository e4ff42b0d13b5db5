-- s_http_banners: http banners, as they were read.
CREATE VIEW s_http_banners AS SELECT
  host AS host, -- text: normalised host
  port AS port, -- int: TCP port
  owa_version AS owa_version, -- text: owa version, as stored
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name -- text: its normalised name
FROM http_banners;
