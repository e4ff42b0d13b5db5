-- s_stated_balancer_names: balancer names, as the operator states them.
CREATE VIEW s_stated_balancer_names AS SELECT
  name AS name -- text: object name
FROM settings_balancer_names;
