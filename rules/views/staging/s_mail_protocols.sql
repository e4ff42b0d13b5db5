-- s_mail_protocols: mail protocols, as they were read.
CREATE VIEW s_mail_protocols AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: object name
  unread AS unread, -- text: JSON list of attributes that could not be read
  protocol AS protocol, -- text: protocol, as stored
  server_dn AS server_dn, -- text: DN of the server above it
  dnkey(server_dn) AS server_key, -- text: key of that DN
  certificate_name AS certificate_name -- text: certificate name, as stored
FROM mail_protocols;
