-- s_rpc_ports: rpc ports, as they were read.
CREATE VIEW s_rpc_ports AS SELECT
  unread AS unread, -- text: JSON list of attributes that could not be read
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  rpc_port AS rpc_port, -- int: rpc port, as stored
  rpc_kind AS rpc_kind, -- text: rpc kind, as stored
  address_book_port AS address_book_port, -- int: address book port, as stored
  address_book_kind AS address_book_kind, -- text: address book kind, as stored
  CASE WHEN unread NOT LIKE '%"site_enforcement%' THEN coalesce(site_enforcement
      || CASE WHEN lower(site_enforcement_kind) <> 'dword' THEN ' as ' || site_enforcement_kind ELSE '' END, 'not set')
      END AS site_enforcement
      -- text: EnablePreferredSiteEnforcement, with its kind where that is wrong, for comparison; NULL when not read
FROM rpc_ports;
