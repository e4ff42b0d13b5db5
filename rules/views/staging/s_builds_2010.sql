-- s_builds_2010: the known builds of Exchange 2010, from the reference data.
-- index: build_key
CREATE VIEW s_builds_2010 AS SELECT
  build_key(build) AS build_key, -- text: build for comparison
  name AS name, -- text: such as SP3 RU32
  service_pack AS service_pack -- text: such as SP3
FROM data_exchange_2010_builds;
