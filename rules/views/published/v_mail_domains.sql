-- v_mail_domains: one row per accepted domain, and per other domain in which mailboxes have their primary address.
-- index: domain
CREATE VIEW v_mail_domains AS SELECT
  x.domain AS domain, -- text: normalised domain
  x.discovery_name AS discovery_name, -- text: the name under which Outlook looks for its settings
  x.is_wildcard AS is_wildcard, -- bool: stands for all subdomains
  x.is_cloud AS is_cloud, -- bool: belongs to Exchange Online
  x.is_internal AS is_internal,
      -- bool: of an internal suffix, so that no public zone holds it and no public authority certifies it
  x.is_relay AS is_relay,
      -- bool: mail for it is passed on, it is not authoritative; NULL when its type could not be read
  x.is_in_use AS is_in_use,
      -- bool: mailboxes have their primary address in it, by an export; without one it is taken for granted of the
      -- default domain
  x.in_use_source AS in_use_source -- text: where that is taken from: export or default domain
FROM w_mail_domains x;
