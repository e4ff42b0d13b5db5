-- w_endpoint_homes: per endpoint, how many home sites share it.
-- index: endpoint_key
CREATE VIEW w_endpoint_homes AS SELECT
  h.endpoint_key AS endpoint_key, -- text: endpoint
  count(DISTINCT h.site_id) AS sites -- int: home sites of its Exchange 2010 mailbox databases
FROM w_homes h JOIN s_databases d ON d.id = h.id
WHERE h.major = 14 AND d.is_recovery = 0 AND d.is_mailbox GROUP BY h.endpoint_key;
