-- What the cause of a run says about whoever asked for it: {"dag_id", "task_id", "lineage": {"parent", "root"}}.
alter table runs add column orchestrator jsonb;
