-- w_unread_directories: servers whose virtual directories may not have been seen in full.
-- index: server_id
CREATE VIEW w_unread_directories AS SELECT
  w.id AS server_id -- text: objectGUID
FROM w_servers w CROSS JOIN s_coverage c
CROSS JOIN (SELECT count(*) > 0 AND count(*) = count(server_id) AS placed FROM w_directory_gaps) p
WHERE NOT c.virtual_directories_complete
  AND (NOT p.placed OR w.id IN (SELECT server_id FROM w_directory_gaps)
       OR NOT EXISTS (SELECT 1 FROM s_sections s WHERE s.name = 'virtual_directories' AND s.status = 'partial'));
