-- w_name_aliases: per name that is an alias inside, what the first resolver says of it.
-- index: name
CREATE VIEW w_name_aliases AS SELECT
  y.name AS name, -- text: normalised name
  max(CASE WHEN y.turn = 1 AND y.place = 0 THEN y.target END) AS target, -- text: what it is an alias of
  max(CASE WHEN y.turn = 1 AND y.place = 0 THEN y.ttl END) AS ttl -- int: seconds
FROM (SELECT x.name, x.place, x.target, x.ttl,
    row_number() OVER (PARTITION BY x.name ORDER BY x.place, x.resolver, x.record_type) AS turn
      FROM s_aliases x WHERE x.view = 'internal') y GROUP BY y.name;
