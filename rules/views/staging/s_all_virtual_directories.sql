-- s_all_virtual_directories: virtual directories, as they were read.
CREATE VIEW s_all_virtual_directories AS SELECT
  unread AS unread -- text: JSON list of attributes that could not be read
FROM virtual_directories;
