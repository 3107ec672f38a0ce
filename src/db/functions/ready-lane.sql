-- The account's lane whose head may start now and is the oldest: it has no holder, its account has a free slot (runs that
-- are exempt need none), and its environment is below its bound of parallel runs.
create or replace function ready_lane(of_account bigint) returns table (serial_key text, head_run_id bigint)
language sql stable as $$
  select lanes.serial_key, lanes.head_run_id
  from lanes
  where lanes.account_id = of_account and lanes.head_run_id is not null and lanes.holder_run_id is null
    and (
      lanes.slot_exempt
      or (select accounts.run_slots from accounts where accounts.id = of_account) > (
        select count(*) from runs
        where runs.account_id = of_account and runs.claimed_at is not null and runs.released_at is null
          and not runs.slot_exempt
      )
    )
    and not exists (
      select from environments
      where environments.id = lanes.environment_id and environments.max_parallel_runs <= (
        select count(*) from runs
        where runs.account_id = of_account and runs.environment_id = lanes.environment_id
          and runs.claimed_at is not null and runs.released_at is null
      )
    )
  order by lanes.head_run_id
  limit 1
$$;
