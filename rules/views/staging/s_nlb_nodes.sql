-- s_nlb_nodes: nlb nodes, as they were read.
CREATE VIEW s_nlb_nodes AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  seen_from AS seen_from, -- text: seen from, as stored
  cluster AS cluster -- text: cluster, as stored
FROM nlb_nodes;
