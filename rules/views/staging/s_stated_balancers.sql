-- s_stated_balancers: balancers, as the operator states them.
CREATE VIEW s_stated_balancers AS SELECT
  address AS address -- text: address
FROM settings_balancers;
