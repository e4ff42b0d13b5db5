-- w_port_faults: one row per site and thing that is wrong with its RPC ports.
-- index: site_id
CREATE VIEW w_port_faults AS SELECT
  p.site_id AS site_id, -- text: site
  'the servers differ' AS fault, -- text: what
  1 AS is_serious -- bool: clients may fail
FROM w_rpc_ports p
GROUP BY p.site_id HAVING max(p.rpc_is_set) > min(p.rpc_is_set) OR max(p.rpc_port) > min(p.rpc_port)
    OR max(p.book_is_set) > min(p.book_is_set) OR max(p.book_port) > min(p.book_port)
UNION ALL SELECT p.site_id, p.name || ' sets only one of the two', 1 FROM w_rpc_ports p
    WHERE p.rpc_is_set <> p.book_is_set
UNION ALL SELECT p.site_id, p.name || ' sets one port for both', 1 FROM w_rpc_ports p WHERE p.rpc_port = p.book_port
UNION ALL SELECT p.site_id, p.name
    || ' has TCP/IP Port of MSExchangeRPC as another kind than DWORD, so that it is ignored', 1 FROM w_rpc_ports p
    WHERE p.rpc_kind_is_wrong
UNION ALL SELECT p.site_id, p.name
    || ' has RpcTcpPort of MSExchangeAB as another kind than REG_SZ, so that it is ignored', 1 FROM w_rpc_ports p
    WHERE p.book_kind_is_wrong
UNION ALL SELECT p.site_id, p.name || ' uses a port outside 59531 to 60554', 0 FROM w_rpc_ports p WHERE p.is_outside;
