-- s_nlb_clusters: nlb clusters, as they were read.
CREATE VIEW s_nlb_clusters AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  name AS name, -- text: object name
  address AS address -- text: address
FROM nlb_clusters;
