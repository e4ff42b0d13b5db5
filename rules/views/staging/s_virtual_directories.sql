-- s_virtual_directories: HTTP virtual directories with the hosts of their URLs; the back ends of newer servers are left
--   out.
-- index: id
CREATE VIEW s_virtual_directories AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- text: object name
  dnkey(d.server_dn) AS server_key, -- text: key of the DN of its server
  d.service AS service, -- text: owa, ecp, ews, eas, oab, autodiscover, outlook_anywhere, powershell or mapi
  d.internal_url AS internal_url, -- text: InternalUrl as stored
  d.external_url AS external_url, -- text: ExternalUrl as stored, of Outlook Anywhere the external host name
  d.bypass_url AS bypass_url, -- text: InternalNLBBypassUrl as stored
  d.unread NOT LIKE '%"internal_url"%' AS internal_read, -- bool: its InternalUrl could be read
  d.unread NOT LIKE '%"external_url"%' AS external_read, -- bool: its ExternalUrl could be read
  d.unread NOT LIKE '%"bypass_url"%' AS bypass_read, -- bool: its InternalNLBBypassUrl could be read
  host(d.internal_url) AS internal_host, -- text: normalised host of the InternalUrl
  host(d.external_url) AS external_host, -- text: normalised host of the ExternalUrl
  host(d.bypass_url) AS bypass_host, -- text: normalised host of the InternalNLBBypassUrl
  d.internal_authentication AS internal_authentication,
      -- int: methods inside as a bit mask, of Outlook Anywhere those of IIS
  CASE WHEN d.unread NOT LIKE '%"internal_authentication"%'
      THEN authentication(coalesce(d.internal_authentication, 0)) END AS internal_methods, -- text: the same in words
  CASE WHEN d.unread NOT LIKE '%"external_authentication"%'
      THEN authentication(coalesce(d.external_authentication, 0)) END AS external_methods,
      -- text: methods outside, of Outlook Anywhere those of clients
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM virtual_directories d WHERE lower(d.name) NOT LIKE '%(exchange back end)';
