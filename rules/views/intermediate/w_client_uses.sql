-- w_client_uses: one row per name, view in which clients look it up, and kind of use.
-- index: name
CREATE VIEW w_client_uses AS SELECT
  u.name AS name, -- text: normalised name
  u.scope AS scope, -- text: internal or external
  CASE u.service WHEN 'scp' THEN 'Autodiscover address' WHEN 'outlook_anywhere' THEN 'Outlook Anywhere'
      ELSE u.service || CASE u.scope WHEN 'internal' THEN ' InternalUrl' ELSE ' ExternalUrl' END END
    || ' of ' || coalesce(min(u.server), 'no known server')
        || CASE count(DISTINCT u.server) WHEN 0 THEN '' WHEN 1 THEN ''
        ELSE ' and ' || (count(DISTINCT u.server) - 1) || ' more' END AS shown -- text: what uses it
FROM w_https_uses u GROUP BY u.name, u.scope, u.service;
