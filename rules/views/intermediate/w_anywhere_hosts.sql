-- w_anywhere_hosts: one row per certificate and host of Outlook Anywhere for which it is presented.
-- index: certificate_id
CREATE VIEW w_anywhere_hosts AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  r.name AS host, -- text: host of Outlook Anywhere
  max(r.is_certain) AS is_certain, -- bool: its clients are seen to meet this certificate
  max(EXISTS (SELECT 1 FROM json_each(e.names) j WHERE lower(j.value) = r.name)) AS is_exact,
      -- bool: the certificate bears that name itself
  max(covers(e.presented, r.name)) AS is_covered, -- bool: it stands for that name
  max(EXISTS (SELECT 1 FROM json_each(e.names) j
      JOIN s_outlook_provider p ON lower(j.value) = p.principal)) AS has_principal
      -- bool: it bears the name that Outlook is told to expect
FROM w_endpoint_certificates e JOIN w_required r ON r.endpoint = e.endpoint AND r.service = 'outlook_anywhere'
    GROUP BY e.certificate_id, r.name;
