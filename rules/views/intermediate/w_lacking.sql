-- w_lacking: per array the certificates of its members that should bear its name and do not.
-- index: array_id
CREATE VIEW w_lacking AS SELECT
  m.array_id AS array_id, -- text: array
  list_of(DISTINCT m.server) AS servers, -- list: members that present one
  list_of(DISTINCT m.certificate) AS certificates, -- list: those certificates
  min(m.certificate_id) AS certificate_id, -- text: thumbprint of the first
  CASE WHEN min(m.issuer_class = 'self_signed') = 1 THEN min(m.certificate_id) END AS self_signed_id
      -- text: the same, when all are self-signed
FROM w_member_certificates m WHERE m.issuer_class IN ('private', 'self_signed') AND m.covered = 0 GROUP BY m.array_id;
