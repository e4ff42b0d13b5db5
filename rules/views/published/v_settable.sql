-- v_settable: one row per object of Exchange 2010 and value of it that a cmdlet of its shell sets.
-- index: setting
-- index: object_id
CREATE VIEW v_settable AS SELECT
  u.setting || ' ' || u.object_id AS id, -- text: setting and object
  u.setting AS setting, -- text: which value it is, by its name under settings in rules/shared.yaml
  u.object_id AS object_id, -- text: objectGUID of the object, or its own name where the directory knows none
  u.name AS name, -- identity(object_id): object, as cmdlets take it
  u.kind AS kind, -- text: database, array, virtual_directory, server or organization
  u.site AS site, -- text: its site, of a database the home site
  u.owner_id AS owner_id, -- text: objectGUID of the server that it belongs to
  u.value AS value, -- text: the value; true or false, and JSON for a list; NULL when there is none, or when it is not known
  u.is_known AS is_known, -- bool: it was seen
  u.weight AS weight -- int: mailboxes that depend on it, when known
FROM w_settable u;
