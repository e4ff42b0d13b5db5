-- w_servers: servers with their site and what their roles say.
-- index: id
-- index: dn_key
-- index: legacy_key
-- index: site_key
-- index: site_id
-- index: dns_name
CREATE VIEW w_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  s.dn_key AS dn_key, -- text: key of its DN
  s.site_key AS site_key, -- text: key of the DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  s.legacy_key AS legacy_key, -- text: legacyExchangeDN for comparison
  s.fqdn AS fqdn, -- text: FQDN as stored
  s.dns_name AS dns_name, -- text: FQDN normalised
  s.major AS major, -- int: major version
  s.minor AS minor, -- int: minor version
  s.build AS build, -- int: build as the directory shows it
  s.major || '.' || s.minor AS version, -- text: major and minor version
  s.roles AS roles, -- int: role bits
  (s.roles & 2) <> 0 AS is_mailbox, -- bool: Mailbox role
  (s.roles & 64) <> 0 AS is_edge, -- bool: Edge Transport
  (s.roles & 4096) <> 0 AS is_provisioned_only, -- bool: provisioned, nothing installed
  s.major = 14 AS is_2010, -- bool: Exchange 2010
  s.major = 14 AND (s.roles & 4) <> 0 AND (s.roles & 4160) = 0 AS is_client_access_2010,
      -- bool: Exchange 2010 Client Access server: the role, neither Edge nor provisioned only
  s.has_rpc_client_access AS has_rpc_client_access, -- bool: RPC Client Access object
  s.encryption_required AS encryption_required, -- bool: RPC encryption
  s.activation_config AS activation_config, -- int: activation policy
  s.dag_unread AS dag_unread, -- bool: its availability group could not be read
  s.site_dn AS site_dn, -- text: site DN as stored
  s.site_unread AS site_unread, -- bool: its site could not be read
  s.fqdn_unread AS fqdn_unread, -- bool: its FQDN could not be read
  s.dag_key AS dag_key, -- text: key of the DN of its availability group
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged
FROM s_servers s LEFT JOIN s_sites t ON t.dn_key = s.site_key;
