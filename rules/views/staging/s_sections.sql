-- s_sections: sections, as they were read.
-- index: name
CREATE VIEW s_sections AS SELECT
  name AS name, -- text: object name
  status AS status, -- text: status
  asked AS asked, -- int: asked, as stored
  answered AS answered -- int: answered, as stored
FROM sections;
