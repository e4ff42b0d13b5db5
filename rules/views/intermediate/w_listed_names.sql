-- w_listed_names: the names of servers that lists of databases and arrays show: owners and members.
CREATE VIEW w_listed_names AS SELECT DISTINCT
  substr(n.name, 1, instr(n.name || '.', '.') - 1) AS label -- text: short name, normalised
FROM (SELECT norm(l.server) AS name FROM s_listed_databases l UNION SELECT norm(j.value)
    FROM s_listed_arrays a, json_each(a.members) j) n
WHERE n.name IS NOT NULL;
