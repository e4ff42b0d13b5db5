-- w_server_versions: per server its generation and build.
-- index: id
CREATE VIEW w_server_versions AS SELECT
  b.id AS id, -- text: server
  CASE WHEN (SELECT max(p.from_key) FROM s_products p WHERE p.from_key <= b.directory_low) = (SELECT max(p.from_key)
      FROM s_products p WHERE p.from_key <= b.product_high)
       THEN (SELECT p.product FROM s_products p WHERE p.from_key <= b.directory_low
           ORDER BY p.from_key DESC LIMIT 1) END AS product, -- text: generation
  b.directory_build AS directory_build, -- text: version as the directory shows it
  CASE WHEN b.fits THEN b.seen END AS build, -- text: build
  CASE WHEN b.fits THEN b.seen_in END AS build_source, -- text: where it was seen
  CASE WHEN b.seen_in IS NOT NULL AND b.seen IS NULL THEN 'different builds of it were seen (' || b.seen_in || ')'
       WHEN NOT b.fits THEN 'the build ' || b.seen || ' that was seen (' || b.seen_in || ') is not of the version '
           || b.directory_build || ' in the directory' END AS build_problem,
           -- text: why a build that was seen cannot be believed
  CASE WHEN b.fits THEN build_key(b.seen) ELSE b.directory_low END AS lowest_key, -- text: lowest possible build
  CASE WHEN b.fits THEN build_key(b.seen) ELSE b.directory_high END AS highest_key -- text: highest possible build
FROM w_builds b;
