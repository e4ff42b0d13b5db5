-- s_server_builds: server builds, as they were read.
CREATE VIEW s_server_builds AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  build AS build -- text: build, as stored
FROM server_builds;
