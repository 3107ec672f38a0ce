-- The end of a run writes down what the pages show first, since nothing is worked out from files or thousands of rows
-- while somebody waits for a page.

-- How many nodes ended well, with a warning, with an error, and not at all: {"success": 168, "warn": 2, "error": 1,
-- "skipped": 12}. Null for a run that worked on none, and while it runs.
alter table runs add column node_counts jsonb;
-- The commit that was checked out, and for a run that failed those since the last one that did not.
alter table runs add column commit_facts jsonb;

alter table run_nodes add column ready_at timestamptz;
alter table run_nodes add column is_critical boolean not null default false;

-- The failures of a run, the first ones of each step: there are few of them, so that each may have much.
create table run_failures (
  run_id bigint not null references runs (id) on delete cascade,
  step_index integer not null,
  node_id bigint not null references nodes (id),
  -- The line of the node's own file.
  line integer,
  compiled_path text,
  excerpt jsonb,
  skipped integer,
  exposures jsonb,
  exposure_count integer,
  -- Since when the node fails in each run of this job that works on it; null until the run ends. Those runs may expire before this one.
  failing_since_run_id bigint,
  failing_runs integer,
  last_good_run_id bigint,
  primary key (run_id, step_index, node_id)
);

create index run_failures_by_node on run_failures (node_id, run_id desc);

-- For the filters of the pages' list. Runs that are asked for by clients, nearly all, cost nothing more in the third.
create index runs_by_dag on runs (account_id, (orchestrator ->> 'dag_id'), id) where orchestrator ->> 'dag_id' is not null;
create index runs_by_branch on runs (account_id, git_branch, id) where git_branch is not null;
create index runs_by_cause on runs (account_id, cause_category, id) where cause_category <> 'api';
create index runs_with_warnings on runs (account_id, id) where cast(node_counts ->> 'warn' as integer) > 0;

create index nodes_by_name on nodes (project_id, lower(name) text_pattern_ops);
