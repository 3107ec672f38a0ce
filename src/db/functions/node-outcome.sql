-- The four things that can become of a node, whatever dbt's word for it. One that was interrupted was not built, as one that was skipped.
create or replace function node_outcome(status text) returns text language sql immutable parallel safe as $$
  select case
    when status in ('error', 'fail', 'runtime error', 'partial success') then 'error'
    when status = 'warn' then 'warn'
    when status in ('skipped', 'interrupted') then 'skipped'
    when status = 'running' then 'running'
    else 'success'
  end
$$;
