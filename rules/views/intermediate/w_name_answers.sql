-- w_name_answers: per name that was asked of DNS, what the resolvers of either view say.
-- index: name
CREATE VIEW w_name_answers AS SELECT
  d.name AS name, -- text: normalised name
  max(CASE WHEN d.view = 'internal' THEN d.resolves END) AS resolves_internally, -- bool: has an address on some internal resolver; NULL when none answered
  max(CASE WHEN d.view = 'internal' THEN d.has_record END) AS answered_internally, -- bool: some internal resolver has a record
  list_of(CASE WHEN d.view = 'internal' AND d.resolves IS NOT NULL THEN d.resolver END) AS internal_resolvers, -- list: internal resolvers that answered
  min(CASE WHEN d.view = 'internal' THEN d.is_whole END) AS internal_known, -- bool: every internal resolver gave all the addresses that it has
  max(CASE WHEN d.view = 'external' THEN d.resolves END) AS resolves_externally, -- bool: has an address outside; NULL when none answered
  max(CASE WHEN d.view = 'external' THEN d.has_record END) AS answered_externally, -- bool: some external resolver has a record
  min(CASE WHEN d.view = 'external' AND d.has_record IS NOT NULL AND d.resolver LIKE '%:%' THEN d.resolver END) AS external_resolver -- text: an external resolver that answered, with its port
FROM s_dns d GROUP BY d.name;
