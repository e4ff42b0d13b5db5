-- w_site_endpoints: per home site, each endpoint that its databases use, but those that may serve public folders, the
--   most used first.
-- index: site_id
CREATE VIEW w_site_endpoints AS SELECT
  d.home_site_id AS site_id, -- text: home site
  coalesce(d.endpoint_id, d.endpoint_dns_name) AS endpoint, -- text: object or name
  min(d.rpc_client_access_server) AS shown, -- text: as the shell shows it
  count(*) AS databases, -- int: databases that use it
  row_number() OVER (PARTITION BY d.home_site_id ORDER BY count(*) DESC, min(d.rpc_client_access_server)) AS place
      -- int: 1 is the most used
FROM w_databases d WHERE d.in_scope AND d.is_public_folder_pin = 0 AND coalesce(d.endpoint_id,
    d.endpoint_dns_name) IS NOT NULL
GROUP BY d.home_site_id, coalesce(d.endpoint_id, d.endpoint_dns_name);
