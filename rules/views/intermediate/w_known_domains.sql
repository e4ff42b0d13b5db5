-- w_known_domains: one row: whether all accepted domains were seen. One whose name could not be read may be any.
CREATE VIEW w_known_domains AS SELECT
  c.accepted_domains_complete AND NOT EXISTS (SELECT 1 FROM s_accepted_domains a WHERE a.domain_unread) AS known
      -- bool: all were
FROM s_coverage c;
