-- w_https_known: one row: whether every HTTPS name that clients are given was seen.
CREATE VIEW w_https_known AS SELECT
  CASE WHEN c.virtual_directories_complete AND c.service_connection_points_complete
            AND NOT EXISTS (SELECT 1 FROM s_all_virtual_directories d WHERE d.unread LIKE '%ternal_url"%')
            AND NOT EXISTS (SELECT 1 FROM s_service_connection_points p WHERE p.unread LIKE '%"uris"%')
                THEN 1 END AS known -- bool: NULL when not
FROM s_coverage c;
