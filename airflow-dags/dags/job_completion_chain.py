"""
Start one job when another has completed.

The second job starts only after the first one's run has succeeded, and its cause names that run. The jobs may be of
different projects, and Airflow shows both. A job that Airflow chains should have no
`job_completion_trigger_condition` of its own: dbt Cloud would start it a second time.

Needs: the connection `dbt_cloud_default`.
Parameters: `first_job_id`, `second_job_id`; they may be of different projects.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="job_completion_chain",
    doc_md=__doc__,
    schedule=None,
    params={
        "first_job_id": Param(1, type="integer", description="Id of the job that runs first."),
        "second_job_id": Param(1, type="integer", description="Id of the job that follows it."),
    },
    tags=["stratus", "jobs"],
):
    first_job = DbtCloudRunJobOperator(
        task_id="first_job",
        job_id="{{ params.first_job_id }}",
        check_interval=5,
        timeout=3600,
    )
    second_job = DbtCloudRunJobOperator(
        task_id="second_job",
        job_id="{{ params.second_job_id }}",
        trigger_reason="Run {{ ti.xcom_pull(task_ids='first_job') }} of job {{ params.first_job_id }} has succeeded",
        check_interval=5,
        timeout=3600,
    )
    first_job >> second_job
