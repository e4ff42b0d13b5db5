-- w_stated_servers: what the operator states of servers; what has ended is left out.
-- index: server_id
CREATE VIEW w_stated_servers AS SELECT
  n.server_id AS server_id, -- text: server
  min(o.state) AS state, -- text: maintenance or removal
  min(o.https) AS https, -- text: balancer_only
  max(o.nlb) AS nlb, -- bool: member of a Windows NLB cluster
  min(o.autodiscover) AS autodiscover -- text: emptied
FROM s_stated_servers o JOIN w_name_owners n ON n.name = norm(o.name) GROUP BY n.server_id;
