-- s_stated_general: general, as the operator states them.
CREATE VIEW s_stated_general AS SELECT
  switchover AS switchover, -- int: switchover, as stored
  array_name_on_certificate AS array_name_on_certificate, -- text: array name on certificate, as stored
  wildcard_clients AS wildcard_clients -- text: wildcard clients, as stored
FROM settings_general;
