-- v_certificate_quality: one row per certificate of v_certificates, with what is weak about it.
-- index: id
CREATE VIEW v_certificate_quality AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  v.endpoints AS endpoints, -- list: where it is presented
  v.servers AS servers, -- identities: Client Access servers that present it
  v.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  v.key_size AS key_size, -- int: bits
  v.signature_hash AS signature_hash, -- text: hash of its signature
  v.signature_hash IN ('md2', 'md4', 'md5', 'sha1') AS is_weakly_signed, -- bool: that hash is broken
  coalesce((SELECT list_of(m.name) FROM w_chain_members m
      WHERE m.certificate_id = v.id AND NOT m.is_root
      AND m.signature_hash IN ('md2', 'md4', 'md5', 'sha1')), '[]') AS weak_intermediates,
      -- list: intermediates sent with it that are signed with a broken hash
  (SELECT count(*) FROM w_chain_members m
      WHERE m.certificate_id = v.id AND (m.is_root IS NULL OR (NOT m.is_root
      AND m.signature_hash IS NULL))) AS unread_intermediate_count,
      -- int: certificates sent with it of which that could not be read
  coalesce((SELECT list_of(h.endpoint) FROM w_hidden_endpoints h
      WHERE h.certificate_id = v.id), '[]') AS hidden_endpoints,
      -- list: endpoints that showed no certificate and need a name that it bears, so that it may be sent there with
      -- other intermediates
  coalesce((SELECT list_of(y.name) FROM w_internal_names y WHERE y.certificate_id = v.id), '[]') AS internal_names,
      -- list: single-label names, internal suffixes and private addresses on it
  v.names IS NOT NULL AS names_read, -- bool: its names could be read
  v.request_server AS request_server, -- identity(request_server_id): the first server that presents it
  v.request_server_id AS request_server_id, -- text: objectGUID of that server
  v.other_servers AS other_servers, -- identities: the other servers that present it
  v.request_subject AS request_subject, -- text: subject for a request that replaces it
  v.request_names AS request_names, -- list: DNS names for that request
  v.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v;
