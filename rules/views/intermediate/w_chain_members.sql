-- w_chain_members: one row per leaf certificate and other certificate that was sent with it.
-- index: certificate_id
CREATE VIEW w_chain_members AS SELECT DISTINCT
  l.sha1 AS certificate_id, -- text: thumbprint of the leaf
  j.value AS sha256, -- text: the other certificate
  coalesce(c.common_name, 'unnamed') || ' (' || substr(coalesce(c.sha1, j.value), 1, 8) || ')' AS name,
      -- text: its name
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  coalesce(c.self_signed, c.subject = c.issuer) AS is_root -- bool: signs itself, so its signature proves nothing
FROM (SELECT chain FROM s_tls_endpoints UNION SELECT chain_without_sni FROM s_tls_endpoints) e, json_each(e.chain) j
JOIN s_certificates l ON l.sha256 = json_extract(e.chain, '$[0]') AND l.sha256 <> j.value
LEFT JOIN s_certificates c ON c.sha256 = j.value;
