"""
Run a job without occupying a worker while dbt works.

`deferrable=True` hands the waiting to Airflow's triggerer: the task gives its worker slot back until the run has ended,
so that many long runs wait at the price of one process. When the run fails, the task resumes, logs why, and fails.

Needs: a triggerer, and `SSL_CERT_FILE` in its environment when Stratus has a CA of its own (aiohttp polls from there).
Parameters: `job_id`, the job to run.
"""

from datetime import timedelta

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="deferrable",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "waiting"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        job_id="{{ params.job_id }}",
        deferrable=True,
        check_interval=5,
        # Of all timeouts this is the one that cancels the run, too.
        execution_timeout=timedelta(hours=1),
    )
