-- s_service_states: service states, as they were read.
CREATE VIEW s_service_states AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  name AS name, -- text: object name
  state AS state, -- text: state, as stored
  start_mode AS start_mode -- text: start mode, as stored
FROM service_states;
