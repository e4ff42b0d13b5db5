-- w_array_twins: one row per array name and name of an array of another site with which it shares an address.
-- index: name
CREATE VIEW w_array_twins AS SELECT DISTINCT
  x.name AS name, -- text: normalised array FQDN
  y.name AS twin, -- text: that name; the same where arrays of several sites bear it
  x.address AS address -- text: the shared address
FROM w_array_addresses x JOIN w_array_addresses y ON y.address = x.address
WHERE EXISTS (SELECT 1 FROM w_arrays a JOIN w_arrays b ON b.dns_name = y.name
              WHERE a.dns_name = x.name AND NOT a.site_unread AND NOT b.site_unread
              AND coalesce(a.site_key, '') <> coalesce(b.site_key, ''));
