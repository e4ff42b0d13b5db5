-- s_internal_suffixes: internal suffixes, from the reference data.
CREATE VIEW s_internal_suffixes AS SELECT
  suffix AS suffix -- text: suffix, as stored
FROM data_internal_suffixes;
