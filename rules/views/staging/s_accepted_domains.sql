-- s_accepted_domains: accepted domains, as they were read.
CREATE VIEW s_accepted_domains AS SELECT
  name AS name, -- text: object name
  domain AS domain, -- text: domain, as stored
  unread LIKE '%"domain"%' AS domain_unread, -- bool: it could not be read
  flags AS flags -- int: flags, as stored
FROM accepted_domains;
