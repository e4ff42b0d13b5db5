-- w_broken_links: certificates that the next one of a chain did not sign although its name says so.
-- index: chain
CREATE VIEW w_broken_links AS SELECT
  e.chain AS chain, -- text: the chain as sent
  min(coalesce(c.common_name, 'unnamed')) AS name -- text: the first of them
FROM (SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints) e, json_each(e.chain) j
JOIN certificates c ON c.sha256 = j.value
WHERE fold(c.issuer) <> fold(c.subject)
  AND EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE fold(i.subject) = fold(c.issuer))
  AND NOT EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE fold(i.subject) = fold(c.issuer) AND coalesce(signed_by(c.der, i.der), 1) = 1)
GROUP BY e.chain;
