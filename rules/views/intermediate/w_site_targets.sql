-- w_site_targets: per site with arrays, the one its databases belong to: with several, the one that most of them use.
-- index: site_id
CREATE VIEW w_site_targets AS SELECT
  a.site_id AS site_id, -- text: site
  a.id AS id, -- text: array
  a.name AS name, -- text: its name
  a.fqdn AS fqdn, -- text: its FQDN
  a.obstacle AS obstacle, -- text: what forbids to use it
  w.first_id AS first_id, -- text: the array to which databases that use it are counted
  w.legacy_key AS legacy_key -- text: its legacyExchangeDN for comparison
FROM (SELECT *, row_number() OVER (PARTITION BY site_id ORDER BY seen_database_count DESC, is_replication_conflict, created, id) AS place
      FROM v_arrays) a JOIN w_arrays w ON w.id = a.id WHERE a.place = 1;
