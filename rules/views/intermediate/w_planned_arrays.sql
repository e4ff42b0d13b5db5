-- w_planned_arrays: one row per site that is to get an array, with what speaks against its name.
-- index: site_id
CREATE VIEW w_planned_arrays AS SELECT
  t.id AS site_id, -- text: objectGUID of the site
  p.fqdn AS fqdn, -- text: DNS name of the array
  CASE WHEN EXISTS (SELECT 1 FROM w_host_names h WHERE h.name = p.fqdn) THEN 'the name is that of a server'
       WHEN EXISTS (SELECT 1 FROM w_https_uses u WHERE u.name = p.fqdn) THEN 'the name is also an HTTPS name'
       WHEN EXISTS (SELECT 1 FROM w_arrays a WHERE a.dns_name = p.fqdn) THEN 'another array bears the name already'
       WHEN (SELECT count(*) FROM s_stated_planned_arrays o WHERE o.fqdn = p.fqdn) > 1
           THEN 'several sites are to get the name' END AS obstacle
           -- text: why no array can be made with it; NULL when nothing was found
FROM s_stated_planned_arrays p JOIN s_sites t ON fold(t.name) = fold(p.site);
