-- v_databases: one row per database.
-- index: id
-- index: home_site_id
-- index: endpoint_id
-- index: endpoint_dns_name
CREATE VIEW v_databases AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- identity(id): database name
  b.home_site AS site, -- text: same as home_site
  b.home_site AS home_site, -- text: site of the copy with the lowest activation preference
  b.home_site_id AS home_site_id, -- text: objectGUID of the home site
  d.is_recovery AS is_recovery, -- bool: recovery database
  d.is_public_folder AS is_public_folder, -- bool: public folder database
  b.on_exchange_2010 AS on_exchange_2010, -- bool: hosted on Exchange 2010
  b.is_public_folder_pin AS is_public_folder_pin,
      -- bool: points at its own server on purpose, for the public folders there
  b.is_excluded_from_provisioning AS is_excluded_from_provisioning,
      -- bool: excluded from provisioning, where it points at a server; NULL when not known
  b.in_scope AS in_scope, -- bool: a 2010 mailbox database that clients open
  b.endpoint_kind AS endpoint_kind, -- text: array, client_access_server, other_server, unknown or none
  coalesce(u.kind, 'none') AS listed_endpoint_kind,
      -- text: array, server or none; what the name of its endpoint tells, where no server was seen and lists of the
      -- shell hold that name
  b.rpc_client_access_server AS rpc_client_access_server, -- text: RpcClientAccessServer as the shell shows it
  b.endpoint_id AS endpoint_id, -- text: objectGUID of the array or server it points at
  b.endpoint_name AS endpoint_name, -- text: name of that object
  b.endpoint_dns_name AS endpoint_dns_name, -- text: normalised name clients connect to
  b.endpoint_site AS endpoint_site, -- text: site of that object
  b.endpoint_site_id AS endpoint_site_id, -- text: objectGUID of that site
  b.endpoint_in_home_site AS endpoint_in_home_site, -- bool: that object belongs to the home site
  coalesce(q.sites, 0) AS endpoint_home_site_count, -- int: home sites whose databases share this endpoint
  o.is_dead AS endpoint_is_dead_array,
      -- bool: points at an array whose name does not resolve or behind which no Client Access server is left
  s.version AS endpoint_version, -- text: version, where it points at a server
  s.product AS endpoint_product, -- text: Exchange generation, where it points at a server
  s.roles AS endpoint_roles, -- int: role bits, where it points at a server
  s.is_edge AS endpoint_is_edge, -- bool: points at an Edge Transport server
  s.is_provisioned_only AS endpoint_is_provisioned_only, -- bool: points at a server on which nothing is installed
  coalesce(e.problem, CASE WHEN d.endpoint_unread THEN 'its legacyExchangeDN could not be read'
       WHEN NOT d.has_legacy_dn THEN 'its legacyExchangeDN is absent'
       WHEN NOT d.has_endpoint THEN 'its legacyExchangeDN does not name an endpoint' END) AS endpoint_problem,
           -- text: why the endpoint cannot serve it, where that is known without asking
  CASE WHEN d.endpoint_name LIKE '%.%' THEN l.resolves END AS endpoint_resolves,
      -- bool: whether the name of an endpoint that is no known object still resolves inside
  l.addresses AS endpoint_addresses, -- list: addresses of that name
  l.alias AS endpoint_alias, -- text: what that name is an alias of, inside
  CASE WHEN b.endpoint_id IS NULL THEN coalesce(l.owners, '[]') END AS endpoint_address_owners,
      -- list: arrays and servers that have one of those addresses
  coalesce(l.is_served, 0) AS endpoint_still_served,
      -- bool: that address belongs to an array or a 2010 Client Access server
  CASE WHEN k.array_sites AND b.home_site_id IS NOT NULL THEN coalesce(n.array_count, 0) END AS site_array_count,
      -- int: arrays of the home site
  n.array_fqdn AS site_array_fqdn, -- text: FQDN of the home site's array, when it has exactly one
  n.array_name AS site_array_name, -- text: name of that array
  n.array_id AS site_array_id, -- text: objectGUID of that array
  CASE WHEN u.kind IS NOT NULL THEN 'version_unseen' WHEN coalesce(b.is_public_folder_pin, 1) THEN 'public_folders'
      ELSE coalesce(z.code, 'arrays_unseen') END AS site_array_obstacle_code,
      -- text: version_unseen, public_folders, arrays_unseen, no_array, several_arrays, no_site,
      -- no_client_access_server, host_name, https_name, unresolved, unseen or none; why it must not be pointed at the
      -- home site's array yet, for comparison
  CASE WHEN u.kind IS NOT NULL
      THEN 'nothing tells whether it is a database of Exchange 2010; look at its server first: Get-ExchangeServer | Format-Table Name,AdminDisplayVersion'
       WHEN coalesce(b.is_public_folder_pin, 1)
           THEN 'mailboxes on newer versions may reach public folders by it; ask before it is pointed elsewhere'
       ELSE coalesce(z.obstacle, 'it was not seen which arrays the home site has; see CAS-META-001')
       END AS site_array_obstacle,
           -- text: why it must not be pointed at the home site's array yet, as a sentence; 'none' when it may
  CASE WHEN b.home_site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w_database_copies x WHERE x.database_key = d.dn_key
      AND x.site_id IS NULL) THEN coalesce(y.standby_count, 0) END AS standby_site_count,
      -- int: other sites with a copy of it, when the sites of all copies are known
  coalesce(y.uncovered_count, 0) AS uncovered_site_count,
      -- int: of those seen, how many lack an array or a Client Access server
  coalesce(y.undecided_count, 0) AS undecided_site_count, -- int: of how many that is not known
  coalesce(y.sites, '[]') AS uncovered_sites, -- list: those sites
  y.first_site AS uncovered_site, -- text: the first of them
  y.lacks_client_access AS uncovered_lacks_client_access, -- bool: some of them has no Client Access server at all
  y.is_blocked AS uncovered_is_blocked, -- bool: in none of them a copy may be activated
  y.keeps_clients AS uncovered_keeps_clients,
      -- bool: clients stay on the array of the preferred site, as AllowCrossSiteRpcClientAccess of its group says
  y.redirects AS uncovered_redirects,
      -- bool: in some of them a copy may become active by itself on Exchange 2010 SP2 RU3 or later, which then sends
      -- clients to an array that is not there
  b.mailbox_count AS mailbox_count, -- int: mailboxes, from an export
  d.name_key IN (SELECT name_key FROM s_batches) AS in_migration_batch,
      -- bool: all its mailboxes are in an approved migration batch, by the operator's word
  d.created AS created, -- text: whenCreated
  g.product AS host_product, -- text: Exchange generation of its host
  d.offline_address_book AS offline_address_book, -- text: DN of its offline address book
  b.has_offline_address_book AS has_offline_address_book, -- bool: that is set, and not a deleted object
  d.dn_key AS database_key, -- text: key of its DN, as in v_database_copies
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_databases b JOIN s_databases d ON d.id = b.id CROSS JOIN w_known k
LEFT JOIN w_obstacles o ON o.id = b.array_id
LEFT JOIN w_endpoint_homes q ON q.endpoint_key = d.endpoint_key
LEFT JOIN v_servers s ON s.id = b.server_id
LEFT JOIN w_lost_endpoints l ON b.endpoint_id IS NULL AND l.name = b.endpoint_dns_name
LEFT JOIN w_site_arrays n ON n.site_id = b.home_site_id
LEFT JOIN w_site_obstacles z ON z.site_id = b.home_site_id
LEFT JOIN w_server_problems e ON e.id = b.server_id
LEFT JOIN w_uncovered_sites y ON y.id = b.id
LEFT JOIN w_host_products g ON g.id = b.id LEFT JOIN w_listed_pointers u ON u.id = b.id;
