"""
Run a job, wait for it, and say in the task's log what it did.

The stock `DbtCloudRunJobOperator` triggers the job, polls the run until it has ended, and fails when the run
failed, with the reason and the run's address in its log. "Monitor Job Run" on the task opens the run. Of a success the
operator only says that it was one: `on_success_callback` adds the counts of `run_results.json`.

Needs: the connection `dbt_cloud_default` (`stratus env` prints it, with the two CA variables).
Parameters: `job_id`, the job to run.
"""

import logging
from collections import Counter

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param


def say_what_was_done(context) -> None:
    instance = context["ti"]
    run_id = instance.xcom_pull(task_ids=instance.task_id)
    hook = DbtCloudHook()
    results = hook.get_job_run_artifact(run_id, "run_results.json").json()["results"]
    counts = Counter((result["unique_id"].split(".")[0], result["status"]) for result in results)
    done = ", ".join(f"{count} × {kind} {status}" for (kind, status), count in sorted(counts.items()))
    href = hook.get_job_run(run_id).json()["data"]["href"]
    logging.getLogger(__name__).info("Run %s: %s. See %s", run_id, done, href)


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
        on_success_callback=say_what_was_done,
    )
