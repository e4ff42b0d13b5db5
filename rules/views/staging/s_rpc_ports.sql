-- s_rpc_ports: rpc ports, as they were read.
CREATE VIEW s_rpc_ports AS SELECT
  unread AS unread, -- text: JSON list of attributes that could not be read
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  rpc_port AS rpc_port, -- int: rpc port, as stored
  rpc_kind AS rpc_kind, -- text: rpc kind, as stored
  address_book_port AS address_book_port, -- int: address book port, as stored
  address_book_kind AS address_book_kind -- text: address book kind, as stored
FROM rpc_ports;
