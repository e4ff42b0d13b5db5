-- w_site_directories: one row per site: whether its directories show external URLs.
-- index: site_id
CREATE VIEW w_site_directories AS SELECT
  t.id AS site_id, -- text: site
  EXISTS (SELECT 1 FROM w_virtual_directories d
      WHERE d.site_id = t.id AND d.service IN ('owa', 'ecp', 'ews', 'eas', 'oab', 'mapi', 'outlook_anywhere')
      AND d.has_external_url) AS has_external, -- bool: some directory has an ExternalUrl, or Outlook Anywhere a host
  k.server_sites
    AND NOT EXISTS (SELECT 1 FROM w_servers s JOIN w_unread_directories u ON u.server_id = s.id WHERE s.site_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM w_virtual_directories d
        WHERE d.site_id = t.id AND NOT (d.internal_read AND d.external_read)) AS is_known
        -- bool: all servers of the site and all their URLs were seen
FROM s_sites t CROSS JOIN w_known k;
