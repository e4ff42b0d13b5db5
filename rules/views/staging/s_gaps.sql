-- s_gaps: gaps, as they were read.
CREATE VIEW s_gaps AS SELECT
  section AS section, -- text: kind of evidence
  subject AS subject, -- text: subject, as stored
  reason AS reason -- text: reason, as stored
FROM gaps;
