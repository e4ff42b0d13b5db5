-- v_settable: one row per object of Exchange 2010 and value of it that a cmdlet of its shell sets.
-- index: setting
-- index: object_id
CREATE VIEW v_settable AS SELECT
  u.setting || ' ' || u.object_id AS id, -- text: setting and object
  u.setting AS setting, -- text: which value it is, by its name under settings in rules/shared.yaml
  u.object_id AS object_id, -- text: objectGUID of the object, or its own name where the directory knows none
  u.name AS name, -- identity(object_id): object, as cmdlets take it
  u.kind AS kind, -- text: database, array, site, virtual_directory, server or organization
  u.site AS site, -- text: its site, of a database the home site
  u.owner_id AS owner_id, -- text: objectGUID of the server that it belongs to
  u.value AS value,
      -- text: the value; true or false, and JSON for a list; NULL when there is none, or when it is not known
  u.is_known AS is_known, -- bool: it was seen
  u.weight AS weight -- int: mailboxes that depend on it, when known
FROM (SELECT 'database-endpoint' AS setting, d.id AS object_id, d.name AS name, 'database' AS kind, d.site AS site,
    NULL AS owner_id, d.rpc_client_access_server AS value, d.endpoint_kind IS NOT NULL AS is_known,
    d.mailbox_count AS weight
      FROM v_databases d WHERE d.on_exchange_2010
      UNION ALL SELECT 'offline-address-book', d.id, d.name, 'database', d.site, NULL,
          CASE WHEN d.has_offline_address_book
              THEN substr(d.offline_address_book, 4, instr(d.offline_address_book || ',CN=', ',CN=') - 4) END,
          d.has_offline_address_book IS NOT NULL, d.mailbox_count FROM v_databases d WHERE d.on_exchange_2010
      UNION ALL SELECT 'array-fqdn', a.id, a.name, 'array', a.site, NULL, a.fqdn, a.has_fqdn IS NOT NULL,
          a.mailbox_count FROM v_arrays a
      UNION ALL SELECT 'site-array', t.id, t.name, 'site', t.name, NULL, t.site_array_fqdn, t.array_count IS NOT NULL,
          t.mailbox_count
      FROM v_sites t WHERE t.seen_client_access_count > 0
      UNION ALL SELECT d.service || '-' || j.value || '-url', d.id, d.name, 'virtual_directory', d.site, d.server_id,
          CASE j.value WHEN 'internal' THEN d.internal_url ELSE d.external_url END,
          CASE j.value WHEN 'internal' THEN d.internal_read ELSE d.external_read END, NULL
      FROM v_virtual_directories d, json_each('["internal", "external"]') j
      WHERE d.service IN ('owa', 'ecp', 'ews', 'eas', 'oab') AND d.server_major = 14 AND NOT d.is_legacy
      UNION ALL SELECT 'ews-bypass-url', d.id, d.name, 'virtual_directory', d.site, d.server_id, d.bypass_url,
          d.bypass_read, NULL
      FROM v_virtual_directories d WHERE d.service = 'ews' AND d.server_major = 14
      UNION ALL SELECT 'anywhere-host', d.id, d.name, 'virtual_directory', d.site, d.server_id,
          coalesce(d.external_host, d.external_url), d.external_read, NULL
      FROM v_virtual_directories d WHERE d.service = 'outlook_anywhere' AND d.server_major = 14
      UNION ALL SELECT 'anywhere-client-method', d.id, d.name, 'virtual_directory', d.site, d.server_id,
          d.external_methods, d.external_methods IS NOT NULL, NULL
      FROM v_virtual_directories d WHERE d.service = 'outlook_anywhere' AND d.server_major = 14
      UNION ALL SELECT 'anywhere-iis-methods', d.id, d.name, 'virtual_directory', d.site, d.server_id,
          CASE d.internal_methods WHEN 'none' THEN '[]'
              ELSE '["' || replace(d.internal_methods, ', ', '", "') || '"]' END, d.internal_methods IS NOT NULL, NULL
      FROM v_virtual_directories d WHERE d.service = 'outlook_anywhere' AND d.server_major = 14
      UNION ALL SELECT 'autodiscover-uri', s.id, s.name, 'server', s.site, s.id, CASE WHEN p.is_known THEN p.uri END,
          p.is_known, NULL
      FROM w_servers s JOIN w_discovery_points p ON p.server_id = s.id WHERE s.is_2010
      UNION ALL SELECT 'rpc-encryption', s.id, s.name, 'server', s.site, s.id,
          CASE e.encryption_required WHEN 1 THEN 'true' WHEN 0 THEN 'false' END,
          e.encryption_required IS NOT NULL, NULL FROM w_servers s JOIN w_rpc_encryption e ON e.id = s.id
              WHERE s.is_2010 AND s.has_rpc_client_access
      UNION ALL SELECT m.protocol || '-certificate-name', s.id, s.name, 'server', s.site, s.id, m.certificate_name,
          m.unread NOT LIKE '%"certificate_name"%', NULL
      FROM s_mail_protocols m JOIN w_servers w ON w.dn_key = m.server_key JOIN w_servers s ON s.id = w.id
          WHERE s.is_2010
      UNION ALL SELECT 'certificate-principal', upper(p.name), upper(p.name), 'organization', NULL, NULL, p.shown,
          NOT p.is_unread, NULL
      FROM s_outlook_provider p WHERE p.name = 'expr') u;
