-- w_https_servers: servers that give clients HTTPS: Exchange 2010 Client Access servers, and every newer server.
-- index: id
-- index: dns_name
-- index: site_id
CREATE VIEW w_https_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  s.site AS site, -- text: site
  s.site_id AS site_id, -- text: objectGUID of the site
  s.dns_name AS dns_name, -- text: FQDN normalised
  coalesce(s.dns_name, fold(s.name)) || ':443' AS endpoint, -- text: its own endpoint
  CASE WHEN s.major >= 15 THEN NOT s.is_edge ELSE s.is_client_access_2010 END AS is_client_access
      -- bool: gives clients HTTPS; NULL when its role or version is not known
FROM w_servers s
WHERE coalesce(CASE WHEN s.major >= 15 THEN NOT s.is_edge AND NOT s.is_provisioned_only
    ELSE s.is_client_access_2010 END, 1) = 1;
