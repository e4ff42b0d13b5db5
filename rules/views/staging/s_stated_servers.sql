-- s_stated_servers: servers, as the operator states them.
CREATE VIEW s_stated_servers AS SELECT
  name AS name, -- text: object name
  state AS state, -- text: state, as stored
  https AS https, -- text: https, as stored
  nlb AS nlb, -- int: nlb, as stored
  autodiscover AS autodiscover -- text: autodiscover, as stored
FROM settings_servers;
