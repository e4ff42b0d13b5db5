-- s_schannel: schannel, as they were read.
CREATE VIEW s_schannel AS SELECT
  unread AS unread, -- text: JSON list of attributes that could not be read
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  protocol AS protocol, -- text: protocol, as stored
  side AS side, -- text: side, as stored
  enabled AS enabled, -- int: enabled, as stored
  disabled_by_default AS disabled_by_default -- int: disabled by default, as stored
FROM schannel;
