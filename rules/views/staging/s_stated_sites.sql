-- s_stated_sites: sites, as the operator states them.
CREATE VIEW s_stated_sites AS SELECT
  name AS name, -- text: object name
  internet_facing AS internet_facing, -- int: internet facing, as stored
  exchange_clients AS exchange_clients -- int: exchange clients, as stored
FROM settings_sites;
