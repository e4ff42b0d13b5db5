-- w_member_certificates: one row per array, member and certificate of that member.
-- index: array_id
CREATE VIEW w_member_certificates AS SELECT
  a.id AS array_id, -- text: array
  s.id AS server_id, -- text: member
  s.name AS server, -- text: its name
  e.certificate_id AS certificate_id, -- text: thumbprint; NULL when none was seen
  e.certificate AS certificate, -- text: its name
  e.issuer_class AS issuer_class, -- text: self_signed, public or private
  covers(e.names, a.dns_name) AS covered -- bool: whether it stands for the array's name
FROM w_arrays a JOIN w_array_servers s ON s.array_id = a.id AND s.is_member
LEFT JOIN w_endpoint_certificates e ON e.host = s.dns_name AND e.port = 443;
