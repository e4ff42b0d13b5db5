-- v_database_activity: one row per database, where it is active compared with its home site.
-- index: id
CREATE VIEW v_database_activity AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- identity(id): database name
  d.site AS site, -- text: home site
  d.home_site AS home_site, -- text: site of the copy with the lowest activation preference
  d.home_site_id AS home_site_id, -- text: objectGUID of the home site
  d.is_recovery AS is_recovery, -- bool: recovery database
  d.is_public_folder AS is_public_folder, -- bool: public folder database
  d.on_exchange_2010 AS on_exchange_2010, -- bool: hosted on Exchange 2010
  d.is_public_folder_pin AS is_public_folder_pin,
      -- bool: points at its own server on purpose, for the public folders there
  d.in_scope AS in_scope, -- bool: a 2010 mailbox database that clients open
  d.standby_site_count AS standby_site_count,
      -- int: other sites with a copy of it, when the sites of all copies are known
  x.id IS NOT NULL AS state_seen, -- bool: an export of Get-MailboxDatabase -Status shows it
  x.mounted_on AS mounted_on, -- text: server on which it is active, as exported
  x.mounted AS mounted, -- bool: it is mounted
  s.site AS active_site, -- text: site of that server
  s.site_id = d.home_site_id AS is_at_home, -- bool: that is the home site; NULL when it is not known where it is active
  g.name AS availability_group, -- text: its database availability group
  g.allow_cross_site_rpc AS allow_cross_site_rpc, -- bool: AllowCrossSiteRpcClientAccess of that group
  CASE WHEN g.allow_cross_site_rpc THEN 'on' WHEN NOT g.allow_cross_site_rpc THEN 'off' END AS cross_site_rpc,
      -- text: on or off
  (SELECT max(v.highest_build_key) FROM v_database_copies y LEFT JOIN v_servers v ON v.id = y.server_id
      WHERE y.database_key = d.database_key
     HAVING count(*) = count(v.highest_build_key)) < (SELECT k.build_key FROM s_builds_2010 k
         WHERE k.name = 'SP2 RU3') AS is_before_sp2_ru3,
         -- bool: all hosts of its copies are older than SP2 RU3, which made that setting work; NULL when not known
  (SELECT v.name FROM w_first_copies y JOIN v_servers v ON v.id = y.server_id
      WHERE y.database_key = d.database_key) AS preferred_server,
      -- identity(preferred_server_id): host of the copy with the lowest activation preference
  (SELECT y.server_id FROM w_first_copies y WHERE y.database_key = d.database_key) AS preferred_server_id,
      -- text: objectGUID of that server
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_databases d JOIN s_databases r ON r.id = d.id
LEFT JOIN w_active x ON x.id = d.id
LEFT JOIN v_servers s ON s.id = x.server_id
LEFT JOIN s_availability_groups g ON g.dn_key = r.master_key;
