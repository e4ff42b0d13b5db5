-- v_exclusions: one row: the objects that rules leave out by design.
CREATE VIEW v_exclusions AS SELECT
  'exclusions' AS id, -- text: exclusions
  'exclusions' AS name, -- text: exclusions
  NULL AS site, -- text: none
  count(x.shown) AS item_count, -- int: how many objects
  list_of(x.shown) AS items, -- list: those objects, each with its code and the reason
  c.databases_complete AND c.servers_complete
    AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.in_scope IS NULL)
        AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.is_edge IS NULL) AS is_known
        -- bool: all databases and servers were seen
FROM v_coverage c LEFT JOIN (
  SELECT d.name || CASE WHEN d.is_recovery THEN ': X1 recovery database' WHEN d.is_public_folder
      THEN ': X3 public folder database'
                        WHEN d.is_public_folder_pin
                            THEN ': X5 database by which mailboxes on newer versions reach public folders'
                        ELSE ': X2 database on another version than Exchange 2010' END AS shown FROM v_databases d
                            WHERE d.in_scope = 0
  UNION ALL SELECT s.name || ': X4 Edge Transport server' FROM v_servers s WHERE s.is_edge) x;
