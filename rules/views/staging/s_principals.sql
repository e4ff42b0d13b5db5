-- s_principals: principals, as they were read.
CREATE VIEW s_principals AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: object name
  account_name AS account_name, -- text: account name, as stored
  dns_host_name AS dns_host_name, -- text: dns host name, as stored
  service_principal_names AS service_principal_names, -- text: service principal names, as stored
  operating_system AS operating_system, -- text: operating system, as stored
  unread LIKE '%"service_principal_names"%' AS names_unread, -- bool: its service principal names could not be read
  unread LIKE '%"operating_system"%' OR unread LIKE '%"dns_host_name"%' AS is_unread
      -- bool: its system, or of which machine it is, could not be read
FROM principals;
