-- s_certificates: certificates, as they were read.
-- index: sha256
-- index: sha1
CREATE VIEW s_certificates AS SELECT
  sha256 AS sha256, -- text: SHA-256 of the certificate, lower case
  sha1 AS sha1, -- text: thumbprint: SHA-1, upper case
  subject AS subject, -- text: subject, as stored
  issuer AS issuer, -- text: issuer, as stored
  common_name AS common_name, -- text: common name, as stored
  dns_names AS dns_names, -- text: dns names, as stored
  ip_addresses AS ip_addresses, -- text: ip addresses, as stored
  serial AS serial, -- text: serial, as stored
  not_before AS not_before, -- text: not before, as stored
  not_after AS not_after, -- text: not after, as stored
  key_algorithm AS key_algorithm, -- text: key algorithm, as stored
  key_size AS key_size, -- int: key size, as stored
  signature_hash AS signature_hash, -- text: signature hash, as stored
  self_signed AS self_signed, -- int: self signed, as stored
  unread AS unread, -- text: JSON list of attributes that could not be read
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at -- text: when it was read
FROM certificates;
