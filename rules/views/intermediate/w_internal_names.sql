-- w_internal_names: names on a certificate that no public authority may certify.
-- index: certificate_id
CREATE VIEW w_internal_names AS SELECT DISTINCT
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.name AS name -- text: the name or address
FROM (SELECT c.sha1 AS certificate_id, norm(j.value) AS name FROM s_certificates c, json_each(c.dns_names) j
      UNION SELECT c.sha1, norm(c.common_name) FROM s_certificates c WHERE c.common_name NOT LIKE '% %'
      UNION SELECT c.sha1, j.value FROM s_certificates c, json_each(c.ip_addresses) j) y
WHERE is_private_address(y.name) = 1
   OR (is_private_address(y.name) IS NULL
       AND (instr(y.name, '.') = 0 OR EXISTS (SELECT 1 FROM (SELECT suffix FROM s_internal_suffixes UNION
       SELECT norm(ltrim(suffix, '.')) FROM s_stated_suffixes) d WHERE y.name LIKE '%.' || d.suffix)));
