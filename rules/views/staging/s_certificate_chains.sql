-- s_certificate_chains: one row per certificate chain that was sent and whose first certificate was kept; followed when
--   the evidence is loaded.
-- index: chain
-- index: leaf
CREATE VIEW s_certificate_chains AS SELECT
  chain AS chain, -- text: the chain as sent
  leaf AS leaf, -- text: SHA-256 of its first certificate
  issuer_class AS issuer_class,
      -- text: where it leads: self_signed, public, private; NULL when the chain does not show it
  broken_link AS broken_link, -- text: certificate whose issuer was sent and did not sign it
  has_issuer AS has_issuer,
      -- bool: the issuer of the first certificate was sent; NULL when a certificate that could not be read may be it
  is_whole AS is_whole -- bool: every certificate that was sent could be read
FROM certificate_chains;
