-- s_outlook_minimums: the oldest Outlook of each generation that a target supports, from the reference data.
CREATE VIEW s_outlook_minimums AS SELECT
  target AS target, -- text: migration target
  name AS name, -- text: Outlook with its service pack
  minimum AS minimum, -- text: the version that it shows
  build_key(minimum) AS minimum_key, -- text: that version, for comparison
  substr(build_key(minimum), 1, 5) AS major -- text: its first number, for comparison
FROM data_outlook;
