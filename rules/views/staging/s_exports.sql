-- s_exports: exports, as they were read.
CREATE VIEW s_exports AS SELECT
  section AS section, -- text: kind of evidence
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  whole AS whole -- int: whole, as stored
FROM exports;
