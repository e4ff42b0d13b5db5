-- s_products: generations of Exchange, from the reference data.
CREATE VIEW s_products AS SELECT
  build_key(from_version) AS from_key, -- text: the version from which on a server belongs to it, for comparison
  product AS product, -- text: product, as stored
  first_build AS first_build, -- text: first build, as stored
  last_build AS last_build, -- text: last build, as stored
  last_name AS last_name, -- text: last name, as stored
  is_final AS is_final, -- text: is final, as stored
  support_ended AS support_ended, -- text: support ended, as stored
  paid_until AS paid_until -- text: paid until, as stored
FROM data_products;
