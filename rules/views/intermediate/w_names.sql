-- w_names: every name of interest.
-- index: name
CREATE VIEW w_names AS SELECT
  name AS name -- text: normalised name
FROM (SELECT name FROM w_array_names UNION SELECT name FROM w_https_uses UNION SELECT dns_name FROM w_servers
    WHERE dns_name IS NOT NULL);
