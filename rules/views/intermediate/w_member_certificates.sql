-- w_member_certificates: one row per array, member and certificate of that member.
-- index: array_id
CREATE VIEW w_member_certificates AS SELECT
  a.id AS array_id, -- text: array
  s.name AS server, -- text: member
  e.certificate_id AS certificate_id, -- text: thumbprint; NULL when none was seen
  e.certificate AS certificate, -- text: its name
  e.issuer_class AS issuer_class, -- text: self_signed, public or private
  covers(e.names, a.dns_name) AS covered -- bool: whether it stands for the array's name
FROM w_arrays a JOIN w_servers s ON s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access
LEFT JOIN w_endpoint_certificates e ON e.host = s.dns_name AND e.port = 443;
