-- w_idle_settings: names in the settings that nothing in the snapshot bears, so that they have no effect.
CREATE VIEW w_idle_settings AS SELECT
  x.shown AS shown -- text: what the settings name
FROM (SELECT 'site ' || o.name AS shown FROM s_stated_sites o
    WHERE NOT EXISTS (SELECT 1 FROM s_sites t WHERE fold(t.name) = fold(o.name))
      UNION SELECT 'server ' || o.name FROM (SELECT name FROM s_stated_servers UNION SELECT server
          FROM s_stated_pools) o
            WHERE norm(o.name) NOT IN (SELECT name FROM w_name_owners)
      UNION SELECT 'array ' || o.array_name FROM s_stated_pools o
          WHERE NOT EXISTS (SELECT 1 FROM w_arrays a WHERE a.dns_name = o.array_name)
      UNION SELECT 'array ' || o.name FROM s_stated_manual_records o
          WHERE NOT EXISTS (SELECT 1 FROM w_arrays a WHERE a.dns_name = o.name)
      UNION SELECT 'database ' || b.name FROM (SELECT database AS name FROM s_stated_migration) b
          WHERE fold(b.name) NOT IN (SELECT d.name_key FROM s_databases d)
      UNION SELECT 'balancer ' || o.address || ' (no name resolves to it)' FROM s_stated_balancers o
          WHERE NOT EXISTS (SELECT 1 FROM s_dns_addresses a WHERE a.address = o.address)
      UNION SELECT 'planned array ' || o.fqdn || ' (no site has the name ' || o.site || ')'
          FROM s_stated_planned_arrays o WHERE NOT EXISTS (SELECT 1 FROM s_sites t WHERE fold(t.name) = fold(o.site))
      UNION SELECT 'balancer name ' || o.name || ' (no name is an alias of it)' FROM s_stated_balancer_names o
          WHERE NOT EXISTS (SELECT 1 FROM s_aliases a WHERE a.target = o.name)) x;
