-- w_chain_ends: one row per certificate chain that was sent: where it leads, followed by issuer names.
-- index: chain
CREATE VIEW w_chain_ends AS WITH RECURSIVE sent(chain) AS (
  SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints
), links(chain, sha256, subject, issuer, self_signed) AS (
  SELECT s.chain, c.sha256, fold(c.subject), fold(c.issuer), c.self_signed
  FROM sent s, json_each(s.chain) j JOIN certificates c ON c.sha256 = j.value
), walk(chain, sha256, subject, issuer, self_signed, depth) AS (
  SELECT l.chain, l.sha256, l.subject, l.issuer, l.self_signed, 0 FROM links l WHERE l.sha256 = json_extract(l.chain, '$[0]')
  UNION SELECT w.chain, l.sha256, l.subject, l.issuer, l.self_signed, w.depth + 1
  FROM walk w JOIN links l ON l.chain = w.chain AND l.subject = w.issuer AND l.sha256 <> w.sha256 WHERE w.depth < 8
)
SELECT
  w.chain AS chain, -- text: the chain as sent
  CASE WHEN max(w.depth = 0 AND w.self_signed = 1) = 1 THEN 'self_signed'
       WHEN max(EXISTS (SELECT 1 FROM data_public_roots p WHERE fold(p.subject) IN (w.issuer, w.subject))) = 1 THEN 'public'
       WHEN max(w.self_signed = 1) = 1 THEN 'private' END AS issuer_class -- text: self_signed, public, private; NULL when the chain does not show it
FROM walk w GROUP BY w.chain;
