"""Deferrable operator and sensor, one after the other, on the job in the parameter `job_id`."""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.providers.dbt.cloud.sensors.dbt import DbtCloudJobRunSensor

try:
    from airflow.sdk import DAG, Param
except ImportError:
    from airflow import DAG
    from airflow.models.param import Param

with DAG(dag_id="deferred", schedule=None, params={"job_id": Param(type="integer")}):
    run_job = DbtCloudRunJobOperator(
        task_id="run_job", job_id="{{ params.job_id }}", check_interval=1, deferrable=True, retries=0
    )
    start = DbtCloudRunJobOperator(task_id="start", job_id="{{ params.job_id }}", wait_for_termination=False, retries=0)
    wait = DbtCloudJobRunSensor(task_id="wait", run_id=start.output, poke_interval=1, deferrable=True, retries=0)
    run_job >> start >> wait
