-- Counts the nodes of a run, each once, by the worst that happened to it; answers null for no nodes. Making the
-- documentation compiles all nodes of a project, which says nothing of them. `is_over`: what still runs will not end.
create or replace function count_nodes(of_run bigint, is_over boolean) returns jsonb language sql stable as $$
  with worst as (
    select min(array_position(array['error', 'running', 'skipped', 'warn', 'success'], node_outcome(run_nodes.status))) as place
    from run_nodes
    join run_steps on run_steps.run_id = run_nodes.run_id and run_steps.index = run_nodes.step_index
    where run_nodes.run_id = of_run and run_steps.kind <> 'docs'
    group by run_nodes.node_id
  )
  select jsonb_build_object(
    'success', count(*) filter (where place = 5),
    'warn', count(*) filter (where place = 4),
    'error', count(*) filter (where place = 1),
    'skipped', count(*) filter (where place = 3 or is_over and place = 2),
    'running', count(*) filter (where place = 2 and not is_over)
  )
  from worst
  having count(*) > 0
$$;
