-- The connection that the secrets of credentials were first used with: they go nowhere else until they are given again.
-- Null: they were not used since they were given.
alter table credentials add column secrets_target jsonb;
update credentials set secrets_target = used.target
from (
  select distinct on (environments.credentials_id)
    environments.credentials_id,
    jsonb_build_object(
      'type', environments.connection -> 'type',
      'details', environments.connection -> 'details'
    ) as target
  from environments
  where environments.credentials_id is not null and environments.connection is not null
  order by environments.credentials_id, environments.state, environments.id
) as used
where used.credentials_id = credentials.id and credentials.secrets is not null;
