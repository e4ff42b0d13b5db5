-- v_hybrid: one row per Exchange organisation, whether it is joined to Exchange Online.
-- index: id
CREATE VIEW v_hybrid AS SELECT
  o.id AS id, -- text: objectGUID
  o.name AS name, -- text: name of the organisation
  NULL AS site, -- text: none
  h.domains AS routing_domains,
      -- list: accepted domains of Exchange Online by which mail is routed there, as the Hybrid Configuration Wizard
      -- makes them
  CASE WHEN h.domains <> '[]' THEN 1 WHEN k.known THEN 0 END AS is_hybrid, -- bool: there are any; NULL when not known
  o.seen_server_count_2010 AS seen_server_count_2010, -- int: Exchange 2010 servers seen
  o.server_count_2010 AS server_count_2010, -- int: the same, when all servers and their versions are known
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_organization o CROSS JOIN w_known_domains k
CROSS JOIN (SELECT coalesce(list_of(d.domain), '[]') AS domains FROM w_mail_domains d
    WHERE d.domain LIKE '%.mail.onmicrosoft.com') h;
