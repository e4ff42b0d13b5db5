-- v_products: one row per generation of Exchange, from the reference data.
-- index: product
CREATE VIEW v_products AS SELECT
  p.product AS product, -- text: 2007, 2010 ... SE
  p.from_key AS from_key, -- text: the version from which on a server belongs to it, for comparison
  p.first_build AS first_build, -- text: first build
  p.last_build AS last_build, -- text: last known build
  p.last_name AS last_name, -- text: its name, such as SP3 RU32
  build_key(p.last_build) AS last_key, -- text: that build for comparison
  p.is_final = 'yes' AS is_final, -- bool: that build is the last for good
  nullif(p.support_ended, '') AS support_ended, -- text: last day with support; NULL while no day is set
  nullif(p.paid_until, '') AS paid_until,
      -- text: last month of updates for those who pay for them; NULL where there were none
  p.support_ended = '' OR substr(x.as_of, 1, 10) <= p.support_ended AS is_supported
      -- bool: supported at the reference time
FROM s_products p CROSS JOIN v_context x;
