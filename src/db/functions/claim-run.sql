-- Takes the oldest run that may start. A function, because its statements depend on one another and a run waits for all
-- of them: one round trip instead of eight. Each statement sees what was committed before it began.
--
-- Claims within one account are serialised by the account's row: two that each see one free slot would take two. They
-- lock it with "no key update", which lets the foreign keys of new runs and audit entries pass: these hold a lane
-- already, so that a stronger lock ends in a deadlock. The index one_held_run_per_serial_key is what makes an overlap
-- impossible.
create or replace function claim_run(worker text, lease_seconds double precision) returns setof runs
language plpgsql as $$
declare
  candidate bigint;
  lane_key text;
  claimed runs;
begin
  for attempt in 1..10 loop
    select accounts.id into candidate
    from accounts cross join lateral ready_lane(accounts.id) as ready
    order by ready.head_run_id
    limit 1;
    if candidate is null then
      return;
    end if;

    perform from accounts where accounts.id = candidate for no key update;
    select ready.serial_key into lane_key from ready_lane(candidate) as ready;
    continue when lane_key is null;

    perform from lanes where lanes.serial_key = lane_key for update;
    update runs set
      status = 'starting', claimed_at = now(), locked_by = worker, claim_count = runs.claim_count + 1,
      dequeued_at = now(), last_heartbeat_at = now(), updated_at = now(),
      lease_expires_at = now() + make_interval(secs => lease_seconds)
    from lanes
    where lanes.serial_key = lane_key and lanes.holder_run_id is null and runs.id = lanes.head_run_id
      and runs.status = 'queued' and runs.claimed_at is null
    returning runs.* into claimed;

    -- Without a run the head was out of date: somebody cancelled or claimed it meanwhile.
    update lanes set
      holder_run_id = coalesce(claimed.id, lanes.holder_run_id),
      head_run_id = (
        select min(runs.id) from runs
        where runs.serial_key = lane_key and runs.status = 'queued' and runs.claimed_at is null
      )
    where lanes.serial_key = lane_key;
    if claimed.id is not null then
      return next claimed;
      return;
    end if;
  end loop;
end
$$;
