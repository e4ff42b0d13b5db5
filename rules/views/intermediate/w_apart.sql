-- w_apart: web sites of servers where the hosts of Outlook Web App and of its control panel differ.
-- index: site_id
CREATE VIEW w_apart AS SELECT
  o.site_id AS site_id, -- text: site
  o.server || ': owa ' || CASE WHEN o.internal_host <> e.internal_host THEN o.internal_host ELSE o.external_host END
    || ', ecp ' || CASE WHEN o.internal_host <> e.internal_host THEN e.internal_host ELSE e.external_host END AS shown
        -- text: server with both hosts
FROM w_virtual_directories o JOIN w_virtual_directories e ON e.server_id = o.server_id AND e.service = 'ecp'
    AND e.web_site = o.web_site
WHERE o.service = 'owa' AND NOT o.is_legacy
    AND (o.internal_host <> e.internal_host OR o.external_host <> e.external_host);
