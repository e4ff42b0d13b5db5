-- s_products: generations of Exchange, from the reference data, with the version from which on a server belongs to each.
CREATE VIEW s_products AS SELECT
  product AS product, -- text: 2007, 2010 ... SE
  build_key(from_version) AS from_key -- text: that version, for comparison
FROM data_products;
