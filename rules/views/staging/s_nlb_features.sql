-- s_nlb_features: nlb features, as they were read.
CREATE VIEW s_nlb_features AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  installed AS installed -- int: installed, as stored
FROM nlb_features;
