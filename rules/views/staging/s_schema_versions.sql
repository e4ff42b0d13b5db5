-- s_schema_versions: schema versions, from the reference data.
CREATE VIEW s_schema_versions AS SELECT
  product AS product, -- text: product, as stored
  name AS name, -- text: object name
  organization AS organization -- text: organization, as stored
FROM data_schema_versions;
