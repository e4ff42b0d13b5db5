-- w_chains: one row per chain that was sent: how far it leads.
-- index: certificate_id
CREATE VIEW w_chains AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint of the leaf
  x.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when it ends before a root
  x.broken_link AS broken, -- text: certificate whose issuer did not sign it
  x.has_issuer AS has_issuer,
      -- bool: the issuer of the leaf was sent; NULL when a certificate that could not be read may be it
  x.is_whole AS is_whole, -- bool: every certificate that was sent could be read
  c.issuer AS issuer -- text: issuer of the leaf
FROM s_certificate_chains x JOIN s_certificates c ON c.sha256 = x.leaf;
