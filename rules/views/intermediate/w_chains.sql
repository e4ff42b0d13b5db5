-- w_chains: one row per chain that was sent: how far it leads.
-- index: certificate_id
CREATE VIEW w_chains AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint of the leaf
  x.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when it ends before a root
  b.name AS broken, -- text: certificate whose issuer did not sign it
  EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE i.sha256 <> c.sha256 AND fold(i.subject) = fold(c.issuer)) AS has_issuer, -- bool: the issuer of the leaf was sent
  c.issuer AS issuer -- text: issuer of the leaf
FROM (SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints) e
JOIN certificates c ON c.sha256 = json_extract(e.chain, '$[0]')
LEFT JOIN w_chain_ends x ON x.chain = e.chain LEFT JOIN w_broken_links b ON b.chain = e.chain;
