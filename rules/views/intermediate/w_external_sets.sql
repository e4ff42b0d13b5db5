-- w_external_sets: one row per name that has some record outside, with its answers.
-- index: name
CREATE VIEW w_external_sets AS SELECT
  y.name AS name, -- text: normalised name
  substr(y.name, instr(y.name, '.') + 1) AS zone, -- text: the name without its first label
  list_of(DISTINCT y.answer) AS answers -- list: addresses and aliases
FROM (SELECT x.name, x.address AS answer FROM s_dns_addresses x WHERE x.view = 'external'
      UNION SELECT x.name, x.target FROM s_aliases x WHERE x.view = 'external') y GROUP BY y.name;
