-- s_context: context, as they were read.
CREATE VIEW s_context AS SELECT
  as_of AS as_of, -- text: as of, as stored
  collected_at AS collected_at, -- text: collected at, as stored
  profile AS profile, -- text: profile, as stored
  target AS target -- text: target, as stored
FROM context;
