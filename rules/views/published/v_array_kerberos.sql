-- v_array_kerberos: one row per array, with the accounts that hold its Kerberos names.
-- index: id
CREATE VIEW v_array_kerberos AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.member_count AS member_count, -- int: members, when all servers are known
  a.members AS members, -- identities: member servers
  coalesce((SELECT status FROM s_sections n WHERE n.name = 'principals'), 'not_collected') AS principals_status,
      -- text: complete, partial, failed or not_collected: how much of the domain partitions was seen
  coalesce((SELECT list_of(coalesce(x.account_name, x.name)) FROM s_principals x
      WHERE x.names_unread), '[]') AS unread_accounts,
      -- list: accounts of which it could not be read which names they hold
  coalesce((SELECT list_of(y.account) FROM w_service_principals y WHERE y.array_id = a.id), '[]') AS accounts,
      -- list: accounts that hold one of the names
  coalesce((SELECT list_of(y.account || ': ' || y.spn) FROM w_service_principals y
      WHERE y.array_id = a.id), '[]') AS holders, -- list: each name with its account
  coalesce((SELECT list_of(k.class || '/' || a.dns_name)
      FROM (SELECT 'exchangeMDB' AS class UNION SELECT 'exchangeRFR' UNION SELECT 'exchangeAB') k),
      '[]') AS service_names, -- list: the three names
  coalesce((SELECT list_of(f.fault) FROM w_kerberos_faults f WHERE f.id = a.id), '[]') AS faults, -- list: what is wrong
  EXISTS (SELECT 1 FROM w_kerberos_faults f WHERE f.id = a.id) AS has_fault, -- bool: something is
  EXISTS (SELECT 1 FROM w_kerberos_faults f WHERE f.id = a.id AND f.is_serious) AS has_serious_fault,
      -- bool: something that makes clients ask for passwords
  EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id) AS is_registered,
      -- bool: some account is seen to hold one of the names
  coalesce((SELECT list_of(y.account) FROM w_service_principals y
      WHERE y.array_id = a.id AND y.server_id IS NOT NULL), '[]') AS server_accounts,
      -- list: computer accounts of servers among them
  (SELECT min(y.account) FROM w_service_principals y WHERE y.array_id = a.id AND y.server_id IS NULL) AS shared_account,
      -- text: an account among them that is no server's
  coalesce((SELECT list_of(y.member) FROM w_carried y
      WHERE y.array_id = a.id AND y.is_carried IS NULL), '[]') AS undecided_members,
      -- list: members of which it is not known whether they carry it
  CASE WHEN EXISTS (SELECT 1 FROM w_kerberos_faults f WHERE f.id = a.id) THEN 0
       WHEN a.member_count IS NULL OR a.dns_name IS NULL OR NOT p.known THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_carried y WHERE y.array_id = a.id AND y.is_carried IS NULL) THEN NULL
       WHEN a.member_count = 0 THEN NULL ELSE 1 END AS is_sound,
           -- bool: every name has one account, and all members can answer for it; NULL when not known
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a CROSS JOIN w_known_principals p;
