-- s_organization: organization, as they were read.
CREATE VIEW s_organization AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: object name
  source_origin AS source_origin, -- text: where it was read
  source_at AS source_at, -- text: when it was read
  source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  source_usn_changed AS source_usn_changed, -- int: uSNChanged on that controller
  object_version AS object_version, -- int: object version, as stored
  forest_level AS forest_level, -- int: functional level of the forest, as stored
  schema_version AS schema_version -- int: schema version, as stored
FROM organization;
