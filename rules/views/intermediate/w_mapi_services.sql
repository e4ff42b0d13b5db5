-- w_mapi_services: one row per server of which exports show the RPC Client Access or the Address Book service.
-- index: server_id
CREATE VIEW w_mapi_services AS SELECT
  v.server_id AS server_id, -- text: server
  CASE WHEN min(coalesce(v.is_running, 1)) = 0 OR min(coalesce(v.is_automatic, 1)) = 0 THEN 0
       WHEN count(v.is_running) = 2 AND count(v.is_automatic) = 2 THEN 1 END AS is_sound,
           -- bool: both run and start with the system
  count(v.is_running) = 2 AND min(v.is_running) = 1 AS runs, -- bool: both are seen to run
  list_of(CASE WHEN v.is_running = 0 OR v.is_automatic = 0
               THEN v.name || ' is ' || coalesce(v.state, 'in a state that was not read') || ' (start mode '
                   || coalesce(v.start_mode, 'not read') || ')' END) AS faults, -- list: what is wrong with them
  list_of(CASE WHEN v.is_running = 0 OR v.is_automatic = 0 THEN v.name END) AS services
      -- list: the services that are concerned
FROM w_services v WHERE v.service IN ('msexchangerpc', 'msexchangeab') GROUP BY v.server_id;
