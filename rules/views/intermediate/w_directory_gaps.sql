-- w_directory_gaps: what could not be seen of virtual directories, and of which server.
CREATE VIEW w_directory_gaps AS SELECT
  g.subject AS subject, -- text: what was asked
  (SELECT min(s.id) FROM s_servers s WHERE fold(g.subject) = fold(s.dn)
      OR substr(fold(g.subject), -length(fold(s.dn)) - 1) = ',' || fold(s.dn)) AS server_id
      -- text: objectGUID of the server; NULL when it may be any
FROM s_gaps g WHERE g.section = 'virtual_directories';
