-- w_host_names: names that belong to one machine or group of machines and so to no array.
-- index: name
CREATE VIEW w_host_names AS SELECT
  s.dns_name AS name, -- text: normalised name
  s.name AS owner -- text: server, or availability group by its network name
FROM s_servers s
UNION SELECT norm(g.name || substr(s.fqdn, instr(s.fqdn, '.'))), g.name
FROM s_availability_groups g JOIN s_servers s ON s.dag_key = g.dn_key WHERE s.fqdn LIKE '%.%';
