-- w_array_leafs: certificates of an array's members and those presented under the array's own name.
-- index: array_id
CREATE VIEW w_array_leafs AS SELECT
  y.array_id AS array_id, -- text: array
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.certificate AS certificate, -- text: its name
  y.issuer_class AS issuer_class, -- text: self_signed, public or private
  CASE WHEN EXISTS (SELECT 1 FROM w_certificate_names n JOIN w_arrays a ON a.id = y.array_id
                    WHERE n.certificate_id = y.certificate_id AND NOT n.is_required AND n.name = a.dns_name) THEN 1
       WHEN EXISTS (SELECT 1 FROM s_certificates c JOIN w_arrays a ON a.id = y.array_id
           WHERE c.sha1 = y.certificate_id AND norm(c.common_name) = a.dns_name) THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM s_certificates c
           WHERE c.sha1 = y.certificate_id AND (c.unread LIKE '%"dns_names"%' OR c.unread LIKE '%"common_name"%'))
           THEN 0 END AS bears_name -- bool: the array's name stands on it
FROM (SELECT m.array_id, m.certificate_id, m.certificate, m.issuer_class FROM w_member_certificates m
    WHERE m.certificate_id IS NOT NULL
      UNION SELECT a.id, e.certificate_id, e.certificate, e.issuer_class FROM w_arrays a
          JOIN w_endpoint_certificates e ON e.host = a.dns_name AND e.port = 443) y;
