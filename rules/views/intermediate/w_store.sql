-- w_store: one row per server and certificate in an export of its store.
-- index: server_id
-- index: thumbprint
CREATE VIEW w_store AS SELECT
  n.server_id AS server_id, -- text: server
  v.server AS server, -- text: its name as exported
  upper(v.thumbprint) AS thumbprint, -- text: SHA-1
  CASE WHEN v.unread LIKE '%"services"%' THEN NULL ELSE v.services LIKE '%"IIS"%' END AS is_for_iis,
      -- bool: IIS uses it
  lower(v.status) AS status, -- text: as the server sees it
  v.has_private_key AS has_private_key, -- bool: its key is there
  lower(v.root_ca_type) AS root_type, -- text: kind of its root, as the server sees it
  v.not_after AS not_after, -- text: end of its validity
  (SELECT list_of(norm(j.value)) FROM json_each(v.dns_names) j) AS names, -- list: normalised names, sorted
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM s_store_certificates v JOIN w_name_owners n ON n.name = v.server_name;
