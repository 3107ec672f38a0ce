"""
Join a run that is already under way instead of starting another.

With `reuse_existing_run=True` the task looks for a live run of the job (queued, starting or running), takes the newest,
and waits for that one; only when there is none it starts one. For jobs that several DAGs need, that people start by
hand, or whose task is retried after its worker was lost.

Needs: the connection `dbt_cloud_default`.
Parameters: `job_id`, the job to run or to join.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="reuse_existing_run",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run or to join.")},
    tags=["stratus", "jobs"],
):
    DbtCloudRunJobOperator(
        task_id="join_or_run_job",
        job_id="{{ params.job_id }}",
        reuse_existing_run=True,
        check_interval=5,
        timeout=3600,
    )
