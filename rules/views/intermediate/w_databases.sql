-- w_databases: databases with home, scope and endpoint.
-- index: id
-- index: home_site_id
-- index: endpoint_id
CREATE VIEW w_databases AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- text: database name
  t.name AS home_site, -- text: site of the copy with the lowest activation preference
  t.id AS home_site_id, -- text: objectGUID of the home site
  d.is_recovery AS is_recovery, -- bool: recovery database
  d.is_public_folder AS is_public_folder, -- bool: public folder database
  CASE WHEN h.major IS NOT NULL THEN h.major = 14 WHEN d.has_no_master
      AND NOT d.master_unread THEN 0 END AS on_exchange_2010, -- bool: hosted on Exchange 2010
  CASE WHEN a.id IS NULL AND g.id IS NOT NULL THEN g.is_pin
       WHEN a.id IS NULL AND s.id IS NULL AND d.is_mailbox AND coalesce(d.is_excluded, 1)
           AND (d.endpoint_unread OR (d.has_endpoint AND NOT k.endpoints)) THEN NULL
       ELSE 0 END AS is_public_folder_pin, -- bool: points at its own server on purpose, for the public folders there
  CASE WHEN a.id IS NULL AND g.id IS NOT NULL THEN g.is_excluded END AS is_excluded_from_provisioning,
      -- bool: excluded from provisioning, where it points at a server
  CASE WHEN d.is_recovery OR d.is_public_folder OR (a.id IS NULL AND g.is_pin) THEN 0
       WHEN d.is_recovery IS NULL THEN NULL
       WHEN h.major IS NOT NULL THEN h.major = 14
       WHEN d.has_no_master AND NOT d.master_unread THEN 0 END AS in_scope,
           -- bool: a 2010 mailbox database that clients open
  a.id AS array_id, -- text: array that it points at
  s.id AS server_id, -- text: server that it points at, where it is no array
  CASE WHEN d.endpoint_unread THEN NULL
       WHEN NOT d.has_endpoint THEN 'none'
       WHEN a.id IS NOT NULL THEN 'array'
       WHEN s.id IS NOT NULL AND s.is_client_access_2010 AND s.has_rpc_client_access THEN 'client_access_server'
       WHEN s.id IS NOT NULL AND (s.is_client_access_2010 IS NULL OR (s.is_client_access_2010
           AND s.has_rpc_client_access IS NULL)) THEN NULL
       WHEN s.id IS NOT NULL THEN 'other_server'
       WHEN k.endpoints THEN 'unknown' END AS endpoint_kind,
           -- text: array, client_access_server, other_server, unknown or none
  coalesce(a.fqdn, s.fqdn, s.name, d.endpoint_name) AS rpc_client_access_server,
      -- text: RpcClientAccessServer as the shell shows it
  coalesce(a.id, s.id) AS endpoint_id, -- text: objectGUID of the array or server it points at
  coalesce(a.name, s.name) AS endpoint_name, -- text: name of that object
  CASE WHEN a.fqdn_unread OR s.fqdn_unread THEN NULL
      ELSE coalesce(a.dns_name, s.dns_name, d.endpoint_dns_name) END AS endpoint_dns_name,
      -- text: normalised name clients connect to; NULL when it could not be read
  CASE WHEN a.id IS NOT NULL THEN a.site ELSE s.site END AS endpoint_site, -- text: site of that object
  CASE WHEN a.id IS NOT NULL THEN a.site_id ELSE s.site_id END AS endpoint_site_id, -- text: objectGUID of that site
  CASE WHEN t.id IS NULL THEN NULL
       WHEN a.id IS NOT NULL AND a.site_id IS NULL AND NOT a.site_unread
           AND (a.site_key IS NULL OR c.sites_complete) THEN 0
       WHEN a.id IS NOT NULL THEN CASE WHEN a.site_id = t.id THEN 1 WHEN k.array_keys THEN a.site_id = t.id END
       ELSE s.site_id = t.id END AS endpoint_in_home_site, -- bool: that object belongs to the home site
  CASE WHEN m.count IS NOT NULL THEN m.count WHEN c.mailboxes_complete THEN 0 END AS mailbox_count,
      -- int: mailboxes, from an export
  CASE WHEN d.oab_unread THEN NULL
       ELSE d.offline_address_book IS NOT NULL AND lower(d.offline_address_book) NOT LIKE '%\0adel:%'
            AND lower(d.offline_address_book) NOT LIKE '%cn=deleted objects,%' END AS has_offline_address_book,
                -- bool: it has an offline address book that is no deleted object
  d.offline_address_book AS offline_address_book, -- text: DN of it
  d.created AS created -- text: whenCreated
FROM s_databases d
CROSS JOIN s_coverage c CROSS JOIN w_known k
JOIN w_homes h ON h.id = d.id
LEFT JOIN s_sites t ON t.id = h.site_id
LEFT JOIN w_endpoint_arrays p ON p.id = d.id
LEFT JOIN w_arrays a ON a.id = substr(p.pick, 2)
LEFT JOIN w_servers s ON a.id IS NULL AND s.legacy_key = h.endpoint_key
LEFT JOIN w_public_folder_pins g ON g.id = d.id
LEFT JOIN s_mailbox_counts m ON m.name_key = d.name_key;
