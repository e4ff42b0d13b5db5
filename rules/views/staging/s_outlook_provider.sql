-- s_outlook_provider: settings that Autodiscover hands to Outlook, from an export.
-- index: name
CREATE VIEW s_outlook_provider AS SELECT
  lower(p.name) AS name, -- text: expr, exch or web
  min(p.cert_principal_name) AS shown, -- text: certificate principal
  CASE WHEN lower(min(p.cert_principal_name)) LIKE 'msstd:%' THEN norm(substr(min(p.cert_principal_name), 7))
      ELSE norm(min(p.cert_principal_name)) END AS principal, -- text: the name in it
  max(p.unread LIKE '%"cert_principal_name"%') AS is_unread, -- bool: it could not be read
  coalesce(lower(min(p.cert_principal_name)) LIKE 'msstd:*.%', 0) AS is_wildcard -- bool: it is a wildcard
FROM outlook_providers p GROUP BY lower(p.name);
