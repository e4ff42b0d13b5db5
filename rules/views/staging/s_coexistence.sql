-- s_coexistence: coexistence, from the reference data.
CREATE VIEW s_coexistence AS SELECT
  target AS target, -- text: target, as stored
  product AS product, -- text: product, as stored
  allowed AS allowed, -- text: allowed, as stored
  minimum AS minimum, -- text: minimum, as stored
  minimum_name AS minimum_name, -- text: minimum name, as stored
  refused_from AS refused_from, -- text: refused from, as stored
  refused_planned AS refused_planned -- text: refused planned, as stored
FROM data_coexistence;
