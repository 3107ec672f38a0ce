"""Runs the job `Build` of dbt Cloud."""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG

with DAG(dag_id="nightly", schedule=None) as dag:
    DbtCloudRunJobOperator(task_id="build", job_id=1, check_interval=1, timeout=60, hook_params={"retry_limit": 5})
