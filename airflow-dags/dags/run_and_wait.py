"""
Run a job and wait for it: the shortest DAG there is.

The stock `DbtCloudRunJobOperator` triggers the job, polls the run until it has ended, and fails when the run
failed, with the reason in its log. "Monitor Job Run" on the task opens the run.

Needs: the connection `dbt_cloud_default` (`stratus env` prints it, with the two CA variables).
Parameters: `job_id`, the job to run.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="run_and_wait",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "waiting"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        job_id="{{ params.job_id }}",
        check_interval=1,
        timeout=3600,
    )
