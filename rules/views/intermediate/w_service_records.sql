-- w_service_records: one row per mail domain, the external SRV record of its Autodiscover service.
-- index: domain
CREATE VIEW w_service_records AS SELECT
  d.domain AS domain, -- text: mail domain
  CASE WHEN max(a.record_type = 'SRV' AND a.status = 'answer') = 1 THEN 1
       WHEN min(a.status = 'nxdomain' OR (a.record_type = 'SRV' AND a.status = 'no_data')) = 1 THEN 0 END AS has_record,
           -- bool: it exists; NULL when not every resolver answered
  (SELECT norm(replace(j.value, rtrim(j.value, replace(j.value, ' ', '')), ''))
      FROM s_dns_answers o, json_each(o.answers) j
     WHERE o.view = 'external' AND o.record_type = 'SRV' AND o.name = '_autodiscover._tcp.' || d.domain
         ORDER BY j.value LIMIT 1) AS target -- text: host that it names
FROM w_mail_domains d LEFT JOIN s_dns_answers a ON a.view = 'external' AND a.name = '_autodiscover._tcp.' || d.domain
    GROUP BY d.domain;
