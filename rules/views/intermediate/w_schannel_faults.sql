-- w_schannel_faults: one row per server and setting of its registry that lets obsolete protocols in or TLS 1.2 out.
-- index: server_id
CREATE VIEW w_schannel_faults AS SELECT
  v.server_id AS server_id, -- text: server
  v.protocol || ' as ' || v.side || ' ' || v.setting AS fault -- text: which
FROM w_schannel v
WHERE (v.protocol = 'TLS 1.2' AND v.setting <> 'enabled')
    OR (v.protocol IN ('SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1') AND v.setting = 'enabled');
