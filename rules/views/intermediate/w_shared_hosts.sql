-- w_shared_hosts: those names, and who ends TLS there.
-- index: name
CREATE VIEW w_shared_hosts AS SELECT
  name AS name, -- text: normalised name
  CASE WHEN NOT is_seen THEN NULL WHEN NOT shows_other THEN 0 WHEN NOT has_unseen_server THEN 1 END AS ends_tls,
      -- bool: a balancer or proxy shows a certificate of its own there
  CASE WHEN NOT is_seen THEN NULL WHEN shows_servers THEN 1 WHEN NOT has_unseen_server THEN 0 END AS reaches_servers
      -- bool: clients of that name meet the servers' own certificates
FROM w_tls_names;
