-- s_offline_address_books: offline address books, as they were read.
CREATE VIEW s_offline_address_books AS SELECT
  name AS name, -- text: object name
  id AS id, -- text: objectGUID
  server AS server, -- text: server, as exported or stated
  unread LIKE '%"server"%' AS server_unread, -- bool: it could not be read
  norm(server) AS server_name -- text: its normalised name
FROM offline_address_books;
