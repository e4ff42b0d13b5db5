-- w_name_owners: the names by which exports call a server: short or fully qualified, each of one server only.
-- index: name
CREATE VIEW w_name_owners AS SELECT
  n.name AS name, -- text: normalised name
  min(n.id) AS server_id -- text: the server
FROM (SELECT dns_name AS name, id FROM s_servers WHERE dns_name IS NOT NULL UNION SELECT norm(name), id
    FROM s_servers) n
GROUP BY n.name HAVING count(*) = 1;
