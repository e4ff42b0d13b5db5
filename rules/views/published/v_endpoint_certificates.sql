-- v_endpoint_certificates: one row per endpoint, address and leaf certificate presented there, or bound there by an
--   export where nothing was presented.
-- index: endpoint
-- index: certificate_id
CREATE VIEW v_endpoint_certificates AS SELECT
  x.endpoint AS endpoint, -- text: probed name and port
  x.host AS host, -- text: probed name
  x.port AS port, -- int: port
  x.address AS address, -- text: address connected to
  x.with_sni AS with_sni,
      -- bool: presented to clients that send the server name (SNI); otherwise only to those that do not
  x.certificate_id AS certificate_id, -- text: thumbprint
  x.certificate AS certificate, -- text: common name and start of the thumbprint
  x.names AS names, -- list: DNS names it stands for; the common name only without any DNS name beside it
  x.server_id AS server_id, -- text: objectGUID of the Client Access server with that FQDN
  x.server AS server, -- text: that server
  x.site AS site, -- text: its site
  x.site_id AS site_id, -- text: objectGUID of its site
  x.issuer_class AS issuer_class, -- text: self_signed, public, private; NULL when the chain does not show it
  x.is_presented AS is_presented,
      -- bool: seen in a handshake; otherwise bound to IIS by an export of the server's store
  x.source_origin AS source_origin, -- text: where it was read
  x.source_at AS source_at -- text: when it was read
FROM w_endpoint_certificates x;
