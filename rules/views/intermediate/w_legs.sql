-- w_legs: one row per version that may stand beside Exchange 2010 on the way to the target.
CREATE VIEW w_legs AS SELECT
  k.target AS leg, -- text: the version
  CASE WHEN k.target = x.target THEN 2
       WHEN x.target <> 'exo' AND EXISTS (SELECT 1 FROM w_server_versions v WHERE lower(v.product) = k.target) THEN 1
           ELSE 0 END AS rank
           -- int: the higher the better: the target itself, then what is there; a hybrid organisation's endpoint is the
           -- newest
FROM s_context x JOIN s_coexistence k ON x.target IS NOT NULL AND k.product = '2010' AND k.allowed = 'yes'
LEFT JOIN s_coexistence t ON t.target = x.target AND lower(t.product) = k.target
WHERE coalesce(t.allowed, 'yes') = 'yes';
