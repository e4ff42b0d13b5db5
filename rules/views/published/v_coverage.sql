-- v_coverage: one row, which kinds of evidence were seen in full.
CREATE VIEW v_coverage AS SELECT
  c.sites_complete AS sites_complete, -- bool: sites and subnets
  c.servers_complete AS servers_complete, -- bool: Exchange servers
  c.arrays_complete AS arrays_complete, -- bool: Client Access arrays
  c.databases_complete AS databases_complete, -- bool: databases
  c.database_copies_complete AS database_copies_complete, -- bool: database copies
  c.availability_groups_complete AS availability_groups_complete, -- bool: database availability groups
  c.virtual_directories_complete AS virtual_directories_complete, -- bool: virtual directories
  c.service_connection_points_complete AS service_connection_points_complete,
      -- bool: Autodiscover service connection points
  c.accepted_domains_complete AS accepted_domains_complete, -- bool: accepted domains
  c.tls_complete AS tls_complete, -- bool: TLS endpoints
  c.mailboxes_complete AS mailboxes_complete -- bool: mailbox counts from an export
FROM s_coverage c;
