-- v_context: one row, the circumstances of this judgement.
CREATE VIEW v_context AS SELECT
  as_of AS as_of, -- text: reference time, ISO 8601, UTC
  profile AS profile, -- text: health, migration or audit
  target AS target, -- text: migration target, 2013, 2016, 2019, se or exo
  g.switchover AS switchover, -- bool: the operator states that a datacentre switchover is under way
  g.array_name_on_certificate AS array_name_on_certificate, -- text: advise, require or ignore, by the operator's policy
  julianday(as_of) - julianday(collected_at) AS snapshot_age_days -- real: days from collection to reference time
FROM s_context CROSS JOIN s_stated_general g;
