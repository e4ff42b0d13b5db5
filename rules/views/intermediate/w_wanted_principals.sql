-- w_wanted_principals: one row per certificate that clients of Outlook Anywhere are seen to meet, with the principal
--   that would fit it.
-- index: certificate_id
CREATE VIEW w_wanted_principals AS SELECT
  n.certificate_id AS certificate_id, -- text: thumbprint
  'msstd:' || n.name AS principal, -- text: such as msstd:*.corp.example
  EXISTS (SELECT 1 FROM w_anywhere_hosts o JOIN w_endpoint_certificates e ON e.certificate_id = o.certificate_id
          WHERE o.is_certain AND o.certificate_id <> n.certificate_id
            AND CASE WHEN n.is_wildcard THEN NOT EXISTS (SELECT 1 FROM json_each(e.names) j
                WHERE lower(j.value) = n.name)
                     ELSE o.is_covered AND NOT o.is_exact AND o.host = n.name END) AS others_lack_it
                         -- bool: it does not fit another certificate that such clients meet, and there is one principal
                         -- for all
FROM (SELECT h.certificate_id AS certificate_id, 1 AS is_wildcard,
        (SELECT '*.' || substr(min(w.host), instr(min(w.host), '.') + 1) FROM w_anywhere_hosts w
         WHERE w.certificate_id = h.certificate_id AND w.is_certain AND w.is_covered AND NOT w.is_exact) AS name
      FROM w_anywhere_hosts h WHERE h.is_certain AND h.is_covered AND NOT h.is_exact GROUP BY h.certificate_id
      UNION ALL SELECT h.certificate_id, 0, min(h.host) FROM w_anywhere_hosts h
      WHERE h.is_certain AND h.is_exact AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts w
          WHERE w.certificate_id = h.certificate_id AND w.is_certain AND w.is_covered AND NOT w.is_exact)
      GROUP BY h.certificate_id) n;
