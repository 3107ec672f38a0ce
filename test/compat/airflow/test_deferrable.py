"""Deferrable tasks: the trigger on its own, and whole DAG runs with Airflow's task runner and triggerer."""

import asyncio
import time

import pytest
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudJobRunException
from airflow.providers.dbt.cloud.triggers.dbt import DbtCloudRunJobTrigger


def first_event(run_id, seconds=60):
    """What the trigger tells the triggerer."""
    trigger = DbtCloudRunJobTrigger(
        conn_id="dbt_cloud_default",
        run_id=run_id,
        end_time=time.time() + seconds,
        poll_interval=0.5,
        account_id=None,
    )

    async def read():
        async for event in trigger.run():
            return event.payload

    return asyncio.run(read())


def start(hook, job_id, steps=None):
    return hook.trigger_job_run(job_id=job_id, cause="compat", steps_override=steps).json()["data"]["id"]


def test_the_trigger_reports_success(hook, jobs):
    run_id = start(hook, jobs["Build"], ["dbt run --select orders"])
    assert first_event(run_id) == {
        "status": "success",
        "message": f"Job run {run_id} has completed successfully.",
        "run_id": run_id,
    }


def test_the_trigger_reports_failure_and_the_resumed_task_fails(hook, jobs, make_operator):
    run_id = start(hook, jobs["Fails"])
    event = first_event(run_id)
    assert event["status"] == "error"
    operator = make_operator(job_id=jobs["Fails"], deferrable=True)
    with pytest.raises(DbtCloudJobRunException, match=f"Job run {run_id} has failed."):
        operator.execute_complete({}, event)


@pytest.mark.since("4.11.0")
def test_the_log_of_the_resumed_task_says_why(hook, jobs, make_operator, task_log):
    event = first_event(start(hook, jobs["Fails"]))
    with pytest.raises(DbtCloudJobRunException):
        make_operator(job_id=jobs["Fails"], deferrable=True).execute_complete({}, event)
    assert "no_such_column" in task_log()


def test_the_trigger_reports_a_cancelled_run(hook, jobs, wait_for_status):
    run_id = start(hook, jobs["Slow"])
    wait_for_status(run_id, 3)
    hook.cancel_job_run(run_id)
    assert first_event(run_id)["status"] == "cancelled"


def test_a_dag_with_deferred_tasks_runs(find_dag, jobs):
    dag_run = find_dag("deferred").test(run_conf={"job_id": jobs["Build"]})
    assert dag_run.state == "success"
    states = {instance.task_id: instance.state for instance in dag_run.get_task_instances()}
    assert states == {"run_job": "success", "start": "success", "wait": "success"}


def test_a_deferred_task_fails_with_its_run(find_dag, jobs):
    dag_run = find_dag("deferred").test(run_conf={"job_id": jobs["Fails"]})
    assert dag_run.state == "failed"
    states = {instance.task_id: instance.state for instance in dag_run.get_task_instances()}
    assert states["run_job"] == "failed"
