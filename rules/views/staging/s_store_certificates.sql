-- s_store_certificates: store certificates, as they were read.
CREATE VIEW s_store_certificates AS SELECT
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  unread AS unread, -- text: JSON list of attributes that could not be read
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  thumbprint AS thumbprint, -- text: thumbprint, as stored
  services AS services, -- text: services, as stored
  status AS status, -- text: status
  has_private_key AS has_private_key, -- int: has private key, as stored
  root_ca_type AS root_ca_type, -- text: root ca type, as stored
  dns_names AS dns_names, -- text: dns names, as stored
  not_after AS not_after -- text: not after, as stored
FROM store_certificates;
