-- w_server_names: the names that stand for a server in a URL: its FQDN and its short name.
-- index: name
CREATE VIEW w_server_names AS SELECT
  n.name AS name, -- text: normalised name
  min(n.server) AS server -- text: the server that bears it
FROM (SELECT dns_name AS name, name AS server FROM s_servers WHERE dns_name IS NOT NULL
      UNION SELECT norm(name), name FROM s_servers) n GROUP BY n.name;
