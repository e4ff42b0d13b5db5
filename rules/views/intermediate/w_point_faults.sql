-- w_point_faults: one row per service connection point and fault of its addresses.
-- index: id
CREATE VIEW w_point_faults AS SELECT
  u.id AS id, -- text: service connection point
  k.value AS kind, -- int: 0 not encrypted, 1 not on the certificate, 2 a server's name, 3 an array's name, 4 its form
  CASE k.value WHEN 0 THEN 'it is not https'
       WHEN 1 THEN 'the certificate that clients meet there lacks its host'
       WHEN 2 THEN 'it carries the name of server ' || u.names_server
       WHEN 3 THEN 'it carries the name of array ' || u.names_array || ', which answers no Autodiscover'
       ELSE u.problem END AS fault, -- text: what is wrong
  k.value < 2 AS is_grave -- bool: clients are warned or turned away
FROM w_point_uris u, json_each('[0, 1, 2, 3, 4]') k
WHERE CASE k.value WHEN 0 THEN u.is_plain WHEN 1 THEN u.is_covered = 0 WHEN 2 THEN u.names_server IS NOT NULL
           WHEN 3 THEN u.names_array IS NOT NULL AND u.names_server IS NULL ELSE u.problem IS NOT NULL END;
