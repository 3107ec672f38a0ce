-- For the lists that clients ask for; docs/performance.md has what each is for. The account first, since every list asks for
-- it and a count must read nothing but the index; `id` last, so that a page is read from it in either direction.
create index runs_by_job_created on runs (account_id, job_id, created_at, id);
create index runs_by_job_finished on runs (account_id, job_id, finished_at desc nulls last, id desc);
create index runs_by_job_status on runs (account_id, job_id, status, id);
create index runs_by_account_created on runs (account_id, created_at, id);
create index runs_by_account_updated on runs (account_id, updated_at, id);
create index runs_by_account_finished on runs (account_id, finished_at, id);
create index runs_by_account_status on runs (account_id, status, id);
create index runs_by_project on runs (account_id, project_id, id);
create index runs_by_environment on runs (account_id, environment_id, id);
create index runs_by_retried on runs (retrying_run_id) where retrying_run_id is not null;
