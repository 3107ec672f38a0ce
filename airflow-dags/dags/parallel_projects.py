"""
Run the jobs of several projects at the same time, but not too many.

The operator is mapped over the list of jobs: as many tasks as there are jobs, each with its own log and retries. The
pool bounds how many of them run at once over all DAGs that use it, so that the warehouse is not overrun. On the other
side the account's `run_slots` bound the same; a pool keeps the surplus visible in Airflow.

Needs: the connection `dbt_cloud_default`, and the pool: `airflow pools set stratus 2 "Runs of dbt at the same time"`.
Parameters: `job_ids`, the jobs to run, of any projects of the account.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param, task

with DAG(
    dag_id="parallel_projects",
    doc_md=__doc__,
    schedule=None,
    params={"job_ids": Param([1], type="array", items={"type": "integer"}, description="Ids of the jobs to run.")},
    tags=["stratus", "jobs"],
):

    @task
    def list_jobs(params=None) -> list[int]:
        return params["job_ids"]

    DbtCloudRunJobOperator.partial(
        task_id="run_job",
        pool="stratus",
        # Waiting in the triggerer would give the pool's slot back while dbt still runs.
        deferrable=False,
        check_interval=5,
        timeout=3600,
        map_index_template="job {{ task.job_id }}",
    ).expand(job_id=list_jobs())
