-- w_organization_configs: one row per organisation and export of settings: its own, those of its tenant, or of others.
-- index: organization_id
CREATE VIEW w_organization_configs AS SELECT
  o.id AS organization_id, -- text: the organisation of the directory
  coalesce(c.id = o.id, 0) OR c.name_key = norm(o.name) AS is_own, -- bool: the settings are its own
  c.name_key IN (SELECT replace(d.domain, '.mail.onmicrosoft.com', '.onmicrosoft.com')
      FROM w_mail_domains d) AS is_tenant,
      -- bool: they are of the tenant to which it routes mail
  c.name AS name, -- text: name of the organisation, as exported
  c.locked_for_migration AS locked_for_migration, -- bool: public folders of Exchange 2010 are locked
  c.migration_complete AS migration_complete, -- bool: they were moved away
  c.public_folders AS public_folders, -- text: where mailboxes look for public folders
  c.remote_mailboxes AS remote_mailboxes, -- int: how many mailboxes lead there
  c.leads_elsewhere AS leads_elsewhere, -- bool: they look on other servers
  c.is_unread AS is_unread -- bool: where they look could not be read
FROM s_organization o CROSS JOIN s_organization_configs c;
