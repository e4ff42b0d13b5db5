-- w_uncovered_sites: per database, how its standby sites are prepared for its clients.
-- index: id
CREATE VIEW w_uncovered_sites AS SELECT
  y.id AS id, -- text: database
  count(*) AS standby_count, -- int: other sites with a copy of it
  count(*) FILTER (WHERE y.has_client_access = 0 OR NOT y.has_array) AS uncovered_count,
      -- int: of those, how many lack an array or a Client Access server
  count(*) FILTER (WHERE (y.has_client_access = 0 OR NOT y.has_array) IS NULL) AS undecided_count,
      -- int: of how many that is not known
  list_of(CASE WHEN y.has_client_access = 0 OR NOT y.has_array THEN y.site END) AS sites, -- list: those that lack one
  min(CASE WHEN y.has_client_access = 0 OR NOT y.has_array THEN y.site END) AS first_site, -- text: the first of them
  max(CASE WHEN y.has_client_access = 0 OR NOT y.has_array THEN y.has_client_access = 0 END) AS lacks_client_access,
      -- bool: some of them has no Client Access server at all
  min(CASE WHEN y.has_client_access = 0 OR NOT y.has_array THEN y.is_blocked END) AS is_blocked,
      -- bool: in none of them a copy may be activated
  max(CASE WHEN y.has_client_access = 0 OR NOT y.has_array THEN y.keeps_clients END) AS keeps_clients,
      -- bool: clients stay on the array of the preferred site
  max(CASE WHEN NOT y.has_array THEN y.is_automatic AND NOT y.keeps_clients
        AND y.lowest_key >= (SELECT k.build_key FROM s_builds_2010 k WHERE k.name = 'SP2 RU3') END) AS redirects
            -- bool: in some of them a copy may become active by itself, and its hosts then send clients to an array
            -- that is not there
FROM w_standby_sites y GROUP BY y.id;
