-- All connections as API clients see them: those of `connections`, and each environment's own one.
drop view if exists shown_connections;
create view shown_connections as
select
  connections.id, connections.account_id, connections.project_id, null::bigint as environment_id, connections.name,
  connections.type, connections.details, connections.state, connections.created_at, connections.updated_at
from connections
union all
select
  environments.own_connection_id, environments.account_id, environments.project_id, environments.id,
  coalesce(known.connection ->> 'name', environments.profile_name, 'profiles.yml'),
  coalesce(known.connection ->> 'type', 'unknown'),
  coalesce(known.connection -> 'details', '{}'), environments.state, environments.created_at, environments.updated_at
from environments
cross join lateral (select coalesce(environments.connection, environments.connection_seen) as connection) as known
where environments.connection_id is null;
