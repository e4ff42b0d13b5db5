-- v_server_controllers: one row per Exchange 2010 server, whether its build is supported beside the domain controllers
--   of the forest.
-- index: id
CREATE VIEW v_server_controllers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.is_edge AS is_edge, -- bool: Edge Transport
  s.directory_build AS directory_build, -- text: version as the directory shows it
  s.build AS build, -- text: exact build, when seen
  s.build_name AS build_name, -- text: name of that build
  s.build_problem AS build_problem, -- text: why a build that was seen is not believed
  c.refused AS refused_controllers, -- list: controllers beside which no build of Exchange 2010 is supported
  c.undecided AS undecided_controllers, -- list: controllers of which it is not known
  c.required AS required, -- text: the build that the other controllers ask for, for people
  c.newest AS demanding_controllers, -- list: controllers that ask for that build
  CASE WHEN c.refused <> '[]' THEN 0 WHEN s.highest_build_key < c.minimum_key THEN 0
       WHEN c.undecided = '[]' AND s.lowest_build_key >= c.minimum_key THEN 1 END AS is_supported,
           -- bool: it is supported beside all of them; NULL when not known
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s
CROSS JOIN (SELECT
    coalesce(list_of(CASE WHEN d.is_supported = 0 AND NOT d.is_read_only THEN d.name END), '[]') AS refused,
    coalesce(list_of(CASE WHEN d.is_read_only IS NULL
        OR (d.is_supported IS NULL AND NOT d.is_read_only) THEN d.name END), '[]') AS undecided,
    max(m.minimum_key) AS minimum_key,
    max(CASE WHEN d.minimum_key = m.minimum_key AND NOT d.is_read_only THEN d.required END) AS required,
    coalesce(list_of(CASE WHEN d.minimum_key = m.minimum_key AND NOT d.is_read_only THEN d.name END), '[]') AS newest
  FROM v_domain_controllers d CROSS JOIN (SELECT max(minimum_key) AS minimum_key FROM v_domain_controllers
      WHERE NOT is_read_only) m) c
WHERE s.is_2010;
