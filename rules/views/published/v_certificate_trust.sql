-- v_certificate_trust: one row per certificate of v_certificates, whether clients can follow its chain to a root that
--   they trust.
-- index: id
CREATE VIEW v_certificate_trust AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.issuer AS issuer, -- text: issuer
  v.self_signed AS self_signed, -- bool: signed with its own key
  v.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  v.endpoints AS endpoints, -- list: where it is presented
  v.servers AS servers, -- identities: Client Access servers that present it
  coalesce((SELECT list_of(DISTINCT y.server || ': ' || y.status) FROM w_store y
      WHERE y.thumbprint = v.id), '[]') AS store_status,
      -- list: what servers say of it, from exports of their stores
  coalesce((SELECT list_of(x.problem) FROM (
     SELECT y.server || ' finds it ' || y.status AS problem FROM w_store y
         WHERE y.thumbprint = v.id AND y.status IN ('untrusted', 'invalid', 'revoked')
     UNION SELECT y.server || ' could not check whether it is revoked' FROM w_store y
         WHERE y.thumbprint = v.id AND y.status = 'revocationcheckfailure'
     UNION SELECT 'the signature on ' || y.broken || ' is not by the issuer that is sent with it' FROM w_chains y
         WHERE y.certificate_id = v.id
     UNION SELECT 'its issuer (' || y.issuer || ') is no root that is generally known, and is not sent with it'
         FROM w_chains y WHERE y.certificate_id = v.id AND y.issuer_class IS NULL AND NOT y.has_issuer
       AND NOT EXISTS (SELECT 1 FROM w_store z
           WHERE z.thumbprint = v.id AND z.status = 'valid')) x), '[]') AS chain_problems,
           -- list: what is wrong with its chain
  EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status IN ('untrusted', 'invalid', 'revoked'))
      OR EXISTS (SELECT 1 FROM w_chains y
      WHERE y.certificate_id = v.id AND (y.broken IS NOT NULL OR (y.issuer_class IS NULL AND NOT y.has_issuer
       AND NOT EXISTS (SELECT 1 FROM w_store z WHERE z.thumbprint = v.id AND z.status = 'valid')))) AS is_broken,
           -- bool: some of that is more than a failed look-up
  EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id
      AND y.status = 'revocationcheckfailure') AS revocation_unchecked,
      -- bool: some server could not check whether it is revoked
  CASE WHEN EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id AND NOT y.is_whole) THEN NULL
       WHEN (SELECT count(*) = count(y.status) AND max(y.status = 'valid') FROM w_store y WHERE y.thumbprint = v.id)
           THEN 1
       WHEN EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id)
            AND NOT EXISTS (SELECT 1 FROM w_chains y
                WHERE y.certificate_id = v.id AND (y.issuer_class IS NULL OR y.issuer_class <> 'public'))
                THEN 1 END AS is_trusted,
                -- bool: some server finds it valid and the view of none is unread, or every chain sent leads to a root
                -- that is generally known; NULL when neither was seen, or a certificate that was sent could not be read
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v;
