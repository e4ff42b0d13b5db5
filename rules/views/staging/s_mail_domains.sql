-- s_mail_domains: mail domains, as they were read.
CREATE VIEW s_mail_domains AS SELECT
  domain AS domain, -- text: domain, as stored
  count AS count, -- int: count, as stored
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at -- text: when it was read
FROM mail_domains;
