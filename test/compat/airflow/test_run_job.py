"""DbtCloudRunJobOperator executed as a worker does it, waiting for the run."""

import json
import threading
import time
from datetime import datetime, timezone

import pytest
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudJobRunException
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudGetJobRunArtifactOperator
from airflow.providers.dbt.cloud.sensors.dbt import DbtCloudJobRunSensor

SUCCESS, ERROR, CANCELLED = 10, 20, 30


@pytest.fixture(scope="module")
def finished_runs():
    """One finished run for the tests that only read it, made by the first of them."""
    return {}


@pytest.fixture
def built_run(finished_runs, make_operator, execute, jobs):
    if "built" not in finished_runs:
        finished_runs["built"] = execute(make_operator(job_id=jobs["Build"]))
    return finished_runs["built"]


def test_a_job_is_run_to_its_end(built_run, read_run, target):
    run_id, instance = built_run
    run = read_run(run_id)
    assert run["status"] == SUCCESS
    assert instance.xcoms["job_run_url"] == run["href"]
    assert run["href"].startswith(f"{target.url}/")
    assert run["trigger"]["cause"] == "Triggered via Apache Airflow by task 'run_job' in the compat DAG."


@pytest.mark.since("4.11.0")
def test_the_id_and_the_address_of_the_run_are_left_for_other_tasks(built_run, read_run):
    run_id, instance = built_run
    assert instance.xcoms == {"job_run_id": run_id, "job_run_url": read_run(run_id)["href"]}


def test_its_steps_are_named_as_dbt_cloud_names_them(built_run, read_run):
    steps = read_run(built_run[0])["run_steps"]
    assert [step["index"] for step in steps] == list(range(1, len(steps) + 1))
    assert {step["status_humanized"] for step in steps} == {"Success"}
    assert [step["name"] for step in steps][-2:] == [
        "Invoke dbt with `dbt run --select tag:good`",
        "Invoke dbt with `dbt test --select tag:good`",
    ]
    assert "orders" in steps[-1]["logs"]


def test_each_step_keeps_its_own_artifacts(built_run, hook, read_run):
    run_id = built_run[0]
    assert {"manifest.json", "run_results.json"} <= set(hook.list_job_run_artifacts(run_id).json()["data"])
    last = len(read_run(run_id)["run_steps"])

    def kinds(step):
        results = hook.get_job_run_artifact(run_id, "run_results.json", step=step).json()["results"]
        return {result["unique_id"].split(".")[0] for result in results}

    assert kinds(last - 1) == {"model"}
    assert kinds(last) == {"test"}
    assert kinds(None) == {"test"}


def test_the_artifact_operator_downloads_json_and_text(built_run, read_run, tmp_path):
    run_id = built_run[0]

    def download(path, step=None):
        operator = DbtCloudGetJobRunArtifactOperator(
            task_id="fetch", run_id=run_id, path=path, step=step, output_file_name=str(tmp_path / "out" / "file")
        )
        with open(operator.execute({}), encoding="utf-8") as file:
            return file.read()

    assert "model.checks.orders" in json.loads(download("manifest.json"))["nodes"]
    models = len(read_run(run_id)["run_steps"]) - 1
    assert "range * 10" in download("compiled/checks/models/good/orders.sql", models)


def test_an_artifact_that_is_not_there_is_not_found(built_run, hook):
    for path in ("no_such.json", "../manifest.json", "..%2f..%2fready.json", "%2e%2e/%2e%2e/etc/passwd"):
        with pytest.raises(Exception, match="404"):
            hook.get_job_run_artifact(built_run[0], path)


def test_a_failing_run_fails_the_task(make_operator, execute, jobs, hook):
    operator = make_operator(job_id=jobs["Fails"])
    with pytest.raises(DbtCloudJobRunException, match="ERROR|failed"):
        execute(operator)
    assert hook.get_job_run_status(operator.run_id) == ERROR


@pytest.mark.since("4.11.0")
def test_the_log_of_a_failed_task_says_why(make_operator, execute, jobs, task_log, hook):
    operator = make_operator(job_id=jobs["Fails"])
    with pytest.raises(DbtCloudJobRunException, match="ERROR"):
        execute(operator)
    log = task_log()
    assert f"dbt Cloud job run {operator.run_id} ended with status ERROR." in log
    reason = hook.get_job_run(operator.run_id).json()["data"]["status_message"]
    assert "\n" not in reason
    assert f"/runs/{operator.run_id}/" in reason
    assert "broken" in reason and "models/broken/broken.sql" in reason and "no_such_column" in reason
    assert reason in log
    assert "Invoke dbt with `dbt build --select +tag:broken`" in log
    assert "ERROR creating sql table model" in log


def test_a_failed_run_keeps_its_results(make_operator, execute, jobs, hook):
    operator = make_operator(job_id=jobs["Fails"])
    with pytest.raises(DbtCloudJobRunException):
        execute(operator)
    results = hook.get_job_run_artifact(operator.run_id, "run_results.json").json()["results"]
    statuses = {result["unique_id"]: result["status"] for result in results}
    assert statuses["model.checks.broken"] == "error"
    assert statuses["model.checks.after_broken"] == "skipped"


def test_steps_and_schema_are_overridden(make_operator, execute, jobs, read_run, hook):
    operator = make_operator(
        job_id=jobs["Build"],
        steps_override=["dbt run --select orders"],
        schema_override="elsewhere",
        additional_run_config={"threads_override": 1},
    )
    run_id, _ = execute(operator)
    assert read_run(run_id)["run_steps"][-1]["name"] == "Invoke dbt with `dbt run --select orders`"
    results = hook.get_job_run_artifact(run_id, "run_results.json").json()
    assert [result["relation_name"] for result in results["results"]] == ['"checks"."elsewhere"."orders"']


@pytest.mark.since("4.0.0")
def test_a_job_is_run_by_its_names(make_operator, execute, jobs, read_run):
    operator = make_operator(
        project_name="Checks",
        environment_name="Production",
        job_name="Build",
        steps_override=["dbt run --select orders"],
    )
    run_id, _ = execute(operator)
    assert read_run(run_id)["job_definition_id"] == jobs["Build"]


def test_trigger_without_waiting_then_the_sensor_waits(make_operator, execute, jobs, read_run):
    operator = make_operator(
        job_id=jobs["Build"], steps_override=["dbt run --select orders"], wait_for_termination=False
    )
    run_id, _ = execute(operator)
    returned_at = datetime.now(timezone.utc)
    sensor = DbtCloudJobRunSensor(task_id="wait", run_id=run_id, poke_interval=1, timeout=60)
    sensor.execute({})
    run = read_run(run_id)
    assert run["status"] == SUCCESS
    assert datetime.fromisoformat(run["finished_at"]) > returned_at


def test_the_sensor_fails_with_a_failed_run(make_operator, execute, jobs):
    run_id, _ = execute(make_operator(job_id=jobs["Fails"], wait_for_termination=False))
    sensor = DbtCloudJobRunSensor(task_id="wait", run_id=run_id, poke_interval=1, timeout=60)
    with pytest.raises(DbtCloudJobRunException, match="has failed"):
        sensor.execute({})


@pytest.mark.since("4.11.0")
def test_the_log_of_a_failed_sensor_says_why(make_operator, execute, jobs, task_log):
    run_id, _ = execute(make_operator(job_id=jobs["Fails"], wait_for_termination=False))
    with pytest.raises(DbtCloudJobRunException):
        DbtCloudJobRunSensor(task_id="wait", run_id=run_id, poke_interval=1, timeout=60).execute({})
    assert "no_such_column" in task_log()


def test_killing_the_task_cancels_the_run(make_operator, execute, jobs, wait_for_status, read_run, task_log):
    operator = make_operator(job_id=jobs["Slow"])

    def kill():
        while operator.run_id is None:
            time.sleep(0.1)
        wait_for_status(operator.run_id, 3)
        operator.on_kill()

    # Airflow 2.10 executes in the main thread only.
    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(DbtCloudJobRunException, match="CANCELLED|has been cancelled"):
        execute(operator)
    killer.join(30)
    assert not killer.is_alive()
    assert f"Job run {operator.run_id} has been cancelled successfully." in task_log()
    run = read_run(operator.run_id)
    assert (run["status"], run["is_cancelled"]) == (CANCELLED, True)
    assert "ancelled" in run["status_message"]


def test_a_live_run_is_joined_instead_of_starting_another(make_operator, execute, jobs, wait_for_status, hook):
    first, _ = execute(make_operator(job_id=jobs["Slow"], wait_for_termination=False))
    try:
        joined, instance = execute(
            make_operator(job_id=jobs["Slow"], wait_for_termination=False, reuse_existing_run=True)
        )
        assert joined == first
        assert instance.xcoms.get("job_run_id", first) == first
    finally:
        hook.cancel_job_run(first)
    wait_for_status(first, CANCELLED)
    another, _ = execute(make_operator(job_id=jobs["Slow"], wait_for_termination=False, reuse_existing_run=True))
    hook.cancel_job_run(another)
    assert another != first


def test_a_second_try_continues_where_the_first_failed(make_operator, execute, jobs, read_run, hook):
    operator = make_operator(job_id=jobs["Fails once"], retry_from_failure=True)
    with pytest.raises(DbtCloudJobRunException):
        execute(operator)
    failed = operator.run_id
    run_id, _ = execute(make_operator(job_id=jobs["Fails once"], retry_from_failure=True), try_number=2)
    assert run_id != failed
    run = read_run(run_id)
    assert run["status"] == SUCCESS
    assert run["retrying_run_id"] == failed
    results = hook.get_job_run_artifact(run_id, "run_results.json").json()["results"]
    assert [result["unique_id"] for result in results] == ["model.checks.fails_once"]


def test_cancelling_a_finished_run_changes_nothing(built_run, hook):
    hook.cancel_job_run(built_run[0])
    assert hook.get_job_run_status(built_run[0]) == SUCCESS


@pytest.mark.since("4.11.0")
def test_runs_are_listed_filtered_and_ordered(built_run, jobs):
    from airflow.providers.dbt.cloud.operators.dbt import DbtCloudListJobRunsOperator

    runs = DbtCloudListJobRunsOperator(
        task_id="list", job_id=jobs["Build"], order_by="-id", include_related=["job", "trigger"]
    ).execute({})
    assert built_run[0] in [run["id"] for run in runs]
    assert [run["id"] for run in runs] == sorted((run["id"] for run in runs), reverse=True)
    assert {run["job"]["name"] for run in runs} == {"Build"}
    latest = DbtCloudListJobRunsOperator(task_id="latest", job_id=jobs["Build"], latest_only=True).execute({})
    assert latest["id"] == runs[0]["id"]
