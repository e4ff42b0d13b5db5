-- w_carried: one row per array, shared account that holds one of its names, and member: whether the member carries the
--   account.
-- index: array_id
CREATE VIEW w_carried AS SELECT
  a.array_id AS array_id, -- text: array
  a.account AS account, -- text: the account
  m.name AS member, -- text: the member
  CASE WHEN EXISTS (SELECT 1 FROM w_service_accounts y WHERE y.server_id = m.id AND y.account_key = a.account_key)
      THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_exported x
           WHERE x.server_id = m.id AND x.section = 'alternate_service_accounts' AND x.is_whole)
         OR m.id NOT IN (SELECT n.server_id FROM s_alternate_service_accounts v
             JOIN w_name_owners n ON n.name = v.server_name GROUP BY n.server_id HAVING NOT max(v.accounts_unread))
             THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM w_service_accounts y WHERE y.server_id = m.id) THEN 0
       WHEN a.is_exact OR EXISTS (SELECT 1 FROM w_array_servers o JOIN w_service_accounts y ON y.server_id = o.id
           AND y.account_key = a.account_key WHERE o.array_id = a.array_id AND o.is_member) THEN 0 END AS is_carried
           -- bool: it does; NULL when not known
FROM (SELECT DISTINCT array_id, account, account_key, is_exact FROM w_service_principals WHERE server_id IS NULL) a
JOIN w_array_servers m ON m.array_id = a.array_id AND m.is_member;
