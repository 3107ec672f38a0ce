"""
Say which model failed, why and where to look, when a run fails.

`on_failure_callback` runs once the last try has failed. It reads the run's own `run_results.json`, so the message names
models and tests with the database's words, instead of "task failed". It goes to the log of the task: hand it to the
notifier of your choice where `tell` is (`SmtpNotifier`, Slack, PagerDuty …).

Needs: the connection `dbt_cloud_default`.
Parameters: `job_id`, the job to run.
"""

import logging

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

NOT_WELL = {"error", "fail", "runtime error"}


def tell(message: str) -> None:
    logging.getLogger(__name__).error("%s", message)


def name_what_failed(context) -> None:
    instance = context["ti"]
    run_id = instance.xcom_pull(task_ids=instance.task_id, key="job_run_id")
    if run_id is None:
        tell(f"ALERT {instance.dag_id}: the job was not started: {context['exception']}")
        return
    hook = DbtCloudHook()
    run = hook.get_job_run(run_id).json()["data"]
    lines = [f"ALERT {instance.dag_id}: run {run_id} {run['status_humanized'].lower()}, see {run['href']}"]
    try:
        nodes = hook.get_job_run_artifact(run_id, "run_results.json").json()["results"]
    except Exception:
        # dbt ended before it had results (a project that does not parse, a cancelled run): the run says why.
        lines.append(f"- {run['status_message']}")
    else:
        for node in nodes:
            if node["status"] in NOT_WELL:
                reason = " ".join((node["message"] or "").split())
                lines.append(f"- {node['unique_id']}: {reason}")
    tell("\n".join(lines))


with DAG(
    dag_id="alert_on_failure",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "failures"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        job_id="{{ params.job_id }}",
        check_interval=5,
        timeout=3600,
        on_failure_callback=name_what_failed,
    )
