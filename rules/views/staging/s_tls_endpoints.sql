-- s_tls_endpoints: tls endpoints, as they were read.
-- index: host
CREATE VIEW s_tls_endpoints AS SELECT
  host AS host, -- text: normalised host
  port AS port, -- int: TCP port
  address AS address, -- text: address
  outcome AS outcome, -- text: outcome, as stored
  chain AS chain, -- text: chain, as stored
  chain_without_sni AS chain_without_sni, -- text: chain without sni, as stored
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM tls_endpoints;
