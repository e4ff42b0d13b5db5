-- w_known_subnets: one row: whether all subnets were seen. One that was not may be smaller than any that holds an
--   address.
CREATE VIEW w_known_subnets AS SELECT
  c.sites_complete AND NOT EXISTS (SELECT 1 FROM s_sites t WHERE t.subnets_unread) AS known -- bool: all were
FROM s_coverage c;
