-- s_client_versions: versions of clients that connected to servers, by the logs of these.
CREATE VIEW s_client_versions AS SELECT
  norm(server) AS server_name, -- text: normalised name of the server
  lower(software) AS software, -- text: program, for comparison
  version AS version, -- text: its version
  build_key(version) AS version_key, -- text: that version, for comparison; NULL where it is none
  connections AS connections, -- int: connections that the log holds
  last_day AS last_day -- text: day of the last one
FROM client_versions;
