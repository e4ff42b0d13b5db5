-- w_outside_certificates: certificates that clients from the Internet meet or may meet.
CREATE VIEW w_outside_certificates AS SELECT
  v.id AS id, -- text: thumbprint
  v.name AS name, -- text: its name
  v.names AS names, -- list: names that it stands for
  v.internet_facing AS internet_facing -- bool: clients from the Internet meet it; NULL when not known
FROM v_certificates v WHERE coalesce(v.internet_facing, 1) = 1;
