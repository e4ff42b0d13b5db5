-- w_array_databases: per array that databases of Exchange 2010 point at, how many.
-- index: id
CREATE VIEW w_array_databases AS SELECT
  d.endpoint_id AS id, -- text: array; of twins with one legacyExchangeDN the first
  count(*) FILTER (WHERE d.in_scope) AS seen_count, -- int: in-scope databases seen that point at it
  count(*) FILTER (WHERE d.in_scope IS NULL) AS undecided_count,
      -- int: databases of which it is not known whether clients open them
  count(d.mailbox_count) FILTER (WHERE d.in_scope) AS counted, -- int: in-scope databases whose mailboxes are known
  coalesce(sum(d.mailbox_count) FILTER (WHERE d.in_scope), 0) AS mailbox_count, -- int: their mailboxes
  identities(CASE WHEN d.in_scope THEN d.name END, d.id) AS databases -- identities: in-scope databases
FROM w_databases d WHERE d.endpoint_id IS NOT NULL GROUP BY d.endpoint_id;
