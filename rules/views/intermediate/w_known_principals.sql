-- w_known_principals: one row: whether every account that could hold a Kerberos name was seen with its names.
CREATE VIEW w_known_principals AS SELECT
  c.principals_complete AND NOT EXISTS (SELECT 1 FROM s_principals p WHERE p.names_unread) AS known -- bool: all were
FROM s_coverage c;
