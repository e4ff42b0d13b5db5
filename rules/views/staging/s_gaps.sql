-- s_gaps: gaps, as they were read.
CREATE VIEW s_gaps AS SELECT
  section AS section, -- text: kind of evidence
  subject AS subject, -- text: subject, as stored
  norm(substr(subject, 1, instr(subject || ' ', ' ') - 1)) AS server_name,
      -- text: of a gap of exports the normalised server, with whose name its subject begins; of others some word
  reason AS reason -- text: reason, as stored
FROM gaps;
