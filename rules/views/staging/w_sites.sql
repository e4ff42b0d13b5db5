-- w_sites: sites with the key that server and array records point to.
-- index: dn_key
-- index: name_key
CREATE VIEW w_sites AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: site name
  fold(name) AS name_key, -- text: site name for comparison
  dnkey(dn) AS dn_key -- text: key of its DN
FROM sites;
