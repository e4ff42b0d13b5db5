-- s_stated_suffixes: suffixes, as the operator states them.
CREATE VIEW s_stated_suffixes AS SELECT
  suffix AS suffix -- text: suffix, as stored
FROM settings_suffixes;
