-- w_kerberos_faults: one row per array and thing that is wrong with its Kerberos names.
-- index: id
CREATE VIEW w_kerberos_faults AS SELECT
  a.id AS id, -- text: array
  y.class || ' is held by several accounts' AS fault, -- text: what
  1 AS is_serious -- bool: clients are asked for passwords
FROM w_arrays a JOIN w_service_principals y ON y.array_id = a.id
    GROUP BY a.id, y.class HAVING count(DISTINCT y.account_id) > 1
UNION ALL SELECT DISTINCT a.id, 'the computer account of ' || y.account
    || ' holds a name that several members answer to', 1
FROM w_array_members a JOIN w_service_principals y ON y.array_id = a.id AND y.server_id IS NOT NULL
    WHERE a.seen_member_count > 1
UNION ALL SELECT DISTINCT a.id, 'the computer account of ' || y.account || ', which is no member, holds one', 1
FROM w_array_members a JOIN w_service_principals y ON y.array_id = a.id AND y.server_id IS NOT NULL
WHERE a.members_known AND a.seen_member_count = 1
    AND y.server_id NOT IN (SELECT m.id FROM w_array_servers m WHERE m.array_id = a.id AND m.is_member)
UNION ALL SELECT DISTINCT y.array_id, y.member || ' does not carry the account ' || y.account, 1 FROM w_carried y
    WHERE y.is_carried = 0
UNION ALL SELECT a.id, 'no Kerberos name is registered', 0 FROM w_arrays a JOIN w_known_principals k ON k.known
WHERE a.dns_name IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id)
UNION ALL SELECT a.id, k.class || ' is not registered', 0 FROM w_arrays a
    JOIN w_known_principals p ON p.known, (SELECT 'exchangeMDB' AS class UNION SELECT 'exchangeRFR' UNION
    SELECT 'exchangeAB') k
WHERE EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id AND y.class = lower(k.class));
