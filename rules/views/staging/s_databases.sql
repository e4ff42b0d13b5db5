-- s_databases: databases with their keys, and what of them could be read.
-- index: id
-- index: name_key
CREATE VIEW s_databases AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- text: database name
  fold(d.name) AS name_key, -- text: database name for comparison
  dnkey(d.dn) AS dn_key, -- text: key of its DN
  dnkey(d.master_dn) AS master_key, -- text: key of the DN of its server or availability group
  d.master_dn IS NULL AS has_no_master, -- bool: that is absent, or was not read
  d.unread LIKE '%"master_dn"%' AS master_unread, -- bool: it could not be read
  dnkey(d.owning_server_dn) AS owner_key, -- text: key of the DN of its owning server
  d.recovery AS is_recovery, -- bool: recovery database
  d.kind = 'public_folder' AS is_public_folder, -- bool: public folder database
  d.kind = 'mailbox' AS is_mailbox, -- bool: mailbox database
  d.legacy_exchange_dn IS NOT NULL AS has_legacy_dn, -- bool: has a legacyExchangeDN
  d.unread LIKE '%"legacy_exchange_dn"%' AS endpoint_unread,
      -- bool: its legacyExchangeDN, which names the endpoint, could not be read
  d.endpoint_legacy_dn IS NOT NULL AS has_endpoint, -- bool: that names an endpoint
  rtrim(fold(d.endpoint_legacy_dn), '.') AS endpoint_key, -- text: endpoint for comparison
  last_part(d.endpoint_legacy_dn) AS endpoint_name, -- text: last part of the endpoint's legacyExchangeDN
  norm(last_part(d.endpoint_legacy_dn)) AS endpoint_dns_name, -- text: the same, normalised
  CASE WHEN d.unread NOT LIKE '%"excluded_from_provisioning"%'
      THEN coalesce(d.excluded_from_provisioning, 0) END AS is_excluded, -- bool: excluded from provisioning
  d.oab_dn AS offline_address_book, -- text: DN of its offline address book
  d.unread LIKE '%"oab_dn"%' AS oab_unread, -- bool: that could not be read
  d.public_folder_database_dn AS default_dn, -- text: DN of its default public folder database
  dnkey(d.public_folder_database_dn) AS default_key, -- text: key of that DN
  d.unread LIKE '%"public_folder_database_dn"%' AS default_unread, -- bool: that could not be read
  d.created AS created, -- text: whenCreated
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM databases d;
