-- w_schannel: one row per server, protocol version and side that the registry of the server names.
-- index: server_id
CREATE VIEW w_schannel AS SELECT
  n.server_id AS server_id, -- text: server
  upper(v.protocol) AS protocol, -- text: such as TLS 1.2
  v.side AS side, -- text: client or server
  CASE WHEN v.enabled = 0 THEN 'disabled'
       WHEN v.disabled_by_default <> 0 AND v.enabled IS NOT NULL THEN 'half disabled'
       WHEN v.enabled IS NULL AND v.unread NOT LIKE '%"enabled"%'
           AND v.disabled_by_default <> 0 THEN 'disabled by default'
       WHEN v.enabled <> 0 AND v.unread NOT LIKE '%"disabled_by_default"%' THEN 'enabled' END AS setting
           -- text: enabled, disabled, half disabled or disabled by default; NULL where the system decides or it could
           -- not be read
FROM s_schannel v JOIN w_name_owners n ON n.name = v.server_name;
