-- s_coverage: one row, which kinds of evidence were seen in full.
CREATE VIEW s_coverage AS SELECT
  coalesce(max(name = 'sites' AND status = 'complete'), 0) AS sites_complete, -- bool: sites and subnets
  coalesce(max(name = 'servers' AND status = 'complete'), 0) AS servers_complete, -- bool: Exchange servers
  coalesce(max(name = 'arrays' AND status = 'complete'), 0) AS arrays_complete, -- bool: Client Access arrays
  coalesce(max(name = 'databases' AND status = 'complete'), 0) AS databases_complete, -- bool: databases
  coalesce(max(name = 'database_copies' AND status = 'complete'), 0) AS database_copies_complete,
      -- bool: database copies
  coalesce(max(name = 'availability_groups' AND status = 'complete'), 0) AS availability_groups_complete,
      -- bool: database availability groups
  coalesce(max(name = 'virtual_directories' AND status = 'complete'), 0) AS virtual_directories_complete,
      -- bool: virtual directories
  coalesce(max(name = 'service_connection_points' AND status = 'complete'), 0) AS service_connection_points_complete,
      -- bool: Autodiscover service connection points
  coalesce(max(name = 'accepted_domains' AND status = 'complete'), 0) AS accepted_domains_complete,
      -- bool: accepted domains
  coalesce(max(name = 'mail_protocols' AND status = 'complete'), 0) AS mail_protocols_complete,
      -- bool: POP and IMAP settings
  coalesce(max(name = 'principals' AND status = 'complete'), 0) AS principals_complete,
      -- bool: accounts of the domain partitions
  coalesce(max(name = 'tls' AND status = 'complete'), 0) AS tls_complete, -- bool: TLS endpoints
  coalesce(max(name = 'mailboxes' AND status = 'complete'), 0) AS mailboxes_complete
      -- bool: mailbox counts from an export
FROM sections;
