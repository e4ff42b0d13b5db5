-- v_server_targets: one row per server, whether the migration target accepts it.
-- index: id
CREATE VIEW v_server_targets AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  m.target AS target, -- text: migration target; NULL when none is given
  CASE m.target WHEN 'exo' THEN m.leg ELSE m.target END AS setup,
      -- text: version whose setup meets it: the target; the endpoint of the hybrid organisation on the way to Exchange
      -- Online
  s.product AS product, -- text: Exchange generation
  s.version AS version, -- text: major and minor version
  s.directory_build AS directory_build, -- text: version as the directory shows it
  s.service_pack AS service_pack, -- text: service pack of an Exchange 2010 server
  s.build AS build, -- text: exact build, when seen
  s.build_source AS build_source, -- text: where that was seen
  s.build_name AS build_name, -- text: name of that build
  s.build_problem AS build_problem, -- text: why a build that was seen is not believed
  s.is_edge AS is_edge, -- bool: Edge Transport
  CASE WHEN s.is_nxdomain AND NOT s.is_edge THEN 'AD object' ELSE 'server' END AS kind,
      -- text: AD object where no resolver knows its name any more
  k.is_allowed AS is_allowed, -- bool: its generation may stand beside it
  k.required AS required, -- text: what that version requires, for people
  k.refused_from AS refused_from, -- text: release of it whose setup refuses its generation
  CASE WHEN k.is_allowed = 0 THEN 0
       WHEN k.is_allowed AND k.minimum_key IS NULL THEN 1
       WHEN k.is_allowed AND s.lowest_build_key >= k.minimum_key THEN 1
       WHEN k.is_allowed AND s.highest_build_key < k.minimum_key THEN 0 END AS is_accepted,
           -- bool: that version accepts it; NULL when its build would decide and was not seen
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN v_migration m
LEFT JOIN v_coexistence k ON k.target = CASE m.target WHEN 'exo' THEN m.leg ELSE m.target END AND k.product = s.product;
