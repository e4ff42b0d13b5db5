-- s_servers: servers with decoded version and role bits.
-- index: id
-- index: dn_key
-- index: dns_name
CREATE VIEW s_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  dnkey(s.dn) AS dn_key, -- text: key of its DN
  dnkey(s.site_dn) AS site_key, -- text: key of the DN of its site
  rtrim(fold(s.legacy_exchange_dn), '.') AS legacy_key, -- text: legacyExchangeDN for comparison
  s.fqdn AS fqdn, -- text: FQDN as stored
  norm(s.fqdn) AS dns_name, -- text: FQDN normalised
  version_part(s.version_number, s.serial_number, 0) AS major, -- int: major version
  version_part(s.version_number, s.serial_number, 1) AS minor, -- int: minor version
  version_part(s.version_number, s.serial_number, 2) AS build, -- int: build as the directory shows it
  CASE WHEN s.unread LIKE '%"roles"%' THEN NULL ELSE coalesce(s.roles, 0) END AS roles, -- int: role bits
  s.has_rpc_client_access AS has_rpc_client_access, -- bool: RPC Client Access object
  s.encryption_required AS encryption_required, -- bool: RPC encryption
  CASE WHEN s.unread NOT LIKE '%"max_connections"%' THEN coalesce(s.max_connections, 65536) END AS max_connections,
      -- int: RPC connections that it accepts; absent means the default
  CASE WHEN s.unread NOT LIKE '%"blocked_client_versions"%'
      THEN lower(replace(coalesce(s.blocked_client_versions, ''), ' ', '')) END AS blocked_versions,
      -- text: client versions that it refuses, for comparison
  s.activation_config AS activation_config, -- int: activation policy
  s.unread LIKE '%"dag_dn"%' AS dag_unread, -- bool: its availability group could not be read
  s.dn AS dn, -- text: DN as stored
  s.site_dn AS site_dn, -- text: site DN as stored
  s.unread LIKE '%"site_dn"%' AS site_unread, -- bool: its site could not be read
  s.unread LIKE '%"fqdn"%' AS fqdn_unread, -- bool: its FQDN could not be read
  s.unread LIKE '%"legacy_exchange_dn"%' AS legacy_dn_unread, -- bool: its legacyExchangeDN could not be read
  dnkey(s.dag_dn) AS dag_key, -- text: key of the DN of its availability group
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged
FROM servers s;
