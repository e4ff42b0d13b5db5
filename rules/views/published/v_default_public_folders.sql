-- v_default_public_folders: one row per mailbox database, where its mailboxes look for public folders first.
-- index: id
CREATE VIEW v_default_public_folders AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- identity(id): database name
  d.site AS site, -- text: same as home_site
  d.home_site AS home_site, -- text: site of the copy with the lowest activation preference
  d.is_recovery AS is_recovery, -- bool: recovery database
  d.on_exchange_2010 AS on_exchange_2010, -- bool: hosted on Exchange 2010
  x.default_dn AS default_public_folder_dn, -- text: DN of its default public folder database, as stored
  CASE WHEN x.default_unread THEN NULL WHEN x.default_dn IS NOT NULL THEN 1
       WHEN EXISTS (SELECT 1 FROM s_databases o WHERE o.default_dn IS NOT NULL) THEN 0 END AS names_default,
      -- bool: it names one; NULL when that could not be read, or none names one, as where it was not exported
  p.name AS default_public_folder_database, -- text: that database; NULL when there is none of this DN
  p.home_site AS default_site, -- text: its site
  c.local AS local_public_folder_databases, -- list: public folder databases of the home site
  c.total AS public_folder_database_count, -- int: public folder databases seen
  c.placed AS public_folder_sites_known, -- bool: the sites of all of them are known
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_databases d JOIN s_databases x ON x.id = d.id
LEFT JOIN (SELECT y.dn_key, v.name, v.home_site FROM s_databases y JOIN v_databases v ON v.id = y.id
    WHERE y.is_public_folder) p ON p.dn_key = x.default_key
JOIN (SELECT m.id, coalesce(list_of(CASE WHEN v.home_site_id = m.home_site_id THEN v.name END), '[]') AS local,
    count(v.id) AS total, count(v.home_site_id) = count(v.id) AS placed
      FROM v_databases m LEFT JOIN v_databases v ON v.is_public_folder GROUP BY m.id) c ON c.id = d.id
WHERE NOT d.is_public_folder;
