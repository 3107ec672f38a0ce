"""
Start a job, do something else, and wait for the run later.

`wait_for_termination=False` ends the first task as soon as the run is queued; `DbtCloudJobRunSensor` waits for the run
whose id that task handed on. What stands between them runs while dbt does. The sensor is what a retry repeats, so a
worker that dies while it waits does not start the job a second time.

Needs: the connection `dbt_cloud_default`.
Parameters: `job_id`, the job to run.
"""

from datetime import timedelta

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.providers.dbt.cloud.sensors.dbt import DbtCloudJobRunSensor
from airflow.sdk import DAG, Param, task

with DAG(
    dag_id="trigger_then_sensor",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "waiting"],
):
    start_job = DbtCloudRunJobOperator(
        task_id="start_job",
        job_id="{{ params.job_id }}",
        wait_for_termination=False,
    )

    @task
    def meanwhile(dbt_run_id: int) -> str:
        """Stands for work that does not need dbt's result."""
        return f"run {dbt_run_id} was on its way"

    wait_for_run = DbtCloudJobRunSensor(
        task_id="wait_for_run",
        run_id=start_job.output,
        poke_interval=15,
        timeout=3600,
        # Between two looks the worker is free.
        mode="reschedule",
        # A try is lost when a busy scheduler queues the next look before it has heard of the last one's end. Another
        # only looks again, so that there is no reason for Airflow's 5 minutes.
        retries=5,
        retry_delay=timedelta(seconds=10),
    )

    meanwhile(start_job.output)
    start_job >> wait_for_run
