"""
Let the task's second try continue where dbt failed.

With `retry_from_failure=True` the first try runs the whole job. When that fails, Airflow's retry of the task asks for a
rerun of the job: dbt repeats what failed and what was skipped because of it, not what already succeeded. A new DAG run
begins from the start again.

Overrides of steps, schema or threads do not go with it: the provider drops them in a rerun, with a warning.

Needs: the connection `dbt_cloud_default`.
Parameters: `job_id`, the job to run.
"""

from datetime import timedelta

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="retry_from_failure",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "failures"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        job_id="{{ params.job_id }}",
        retry_from_failure=True,
        retries=2,
        retry_delay=timedelta(seconds=5),
        check_interval=5,
        timeout=3600,
    )
