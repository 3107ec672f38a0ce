"""prefect-dbt: its tasks and its executor."""

import pytest


@pytest.fixture
def prefect(wire):
    return wire("Bearer", **{"x-dbt-partner-source": "prefect", "user-agent": "prefect-2.0"})


def test_a_run_needs_no_cause(prefect, v2, jobs, projects, poll):
    run = prefect.post(f"{v2}/jobs/{jobs['Build']}/run/", json={}).json()["data"]
    assert (isinstance(run["id"], int), run["project_id"]) == (True, projects["Checks"])

    def ask():
        return prefect.get(f"{v2}/runs/{run['id']}/", params={"include_related": ["run_steps"]}).json()["data"]

    done = poll(ask, lambda run: run["status"] in (10, 20, 30))
    assert (done["status"], done["job_id"]) == (10, jobs["Build"])
    assert {"index", "name", "status_humanized"} <= set(done["run_steps"][0])


def test_related_objects_are_asked_for_by_repeated_keys(prefect, v2, built):
    query = {"include_related": ["run_steps", "job", "trigger"]}
    run = prefect.get(f"{v2}/runs/{built['id']}/", params=query).json()["data"]
    assert run["run_steps"] and run["job"] and run["trigger"]


def test_the_first_three_steps_are_preparation_and_a_failed_one_keeps_its_results(prefect, v2, failed):
    run = prefect.get(f"{v2}/runs/{failed['id']}/", params={"include_related": "run_steps"}).json()["data"]
    # It ignores the steps up to 3 when it looks for what failed.
    ran = [step for step in run["run_steps"] if step["index"] > 3]
    assert [step["status_humanized"] for step in ran] == ["Error"]
    results = prefect.get(f"{v2}/runs/{failed['id']}/artifacts/run_results.json", params={"step": ran[0]["index"]})
    assert {result["status"] for result in results.json()["results"]} >= {"error"}


def test_artifacts_of_a_run_and_of_a_job(prefect, v2, built, jobs):
    assert "manifest.json" in prefect.get(f"{v2}/runs/{built['id']}/artifacts/").json()["data"]
    manifest = prefect.get(f"{v2}/jobs/{jobs['Build']}/artifacts/manifest.json").json()
    assert "model.checks.orders" in manifest["nodes"]


def test_the_executor_makes_a_job_runs_it_and_deletes_it(prefect, v2, projects, environments, poll):
    body = {
        "project_id": projects["Checks"],
        "environment_id": environments["Staging"],
        "name": "prefect-orchestrator-1",
        "execute_steps": ["dbt run --select orders"],
    }
    job = prefect.post(f"{v2}/jobs/", json=body, expect=201).json()["data"]
    run = prefect.post(f"{v2}/jobs/{job['id']}/run/", json={}).json()["data"]
    path = f"{v2}/runs/{run['id']}/"
    poll(lambda: prefect.get(path).json()["data"], lambda run: run["status"] == 10)
    prefect.delete(f"{v2}/jobs/{job['id']}/")
    # The run outlives its job.
    kept = prefect.get(path, params={"include_related": "job"}).json()["data"]
    assert (kept["status"], kept["job"]["name"]) == (10, "prefect-orchestrator-1")
    assert prefect.get(f"{path}artifacts/run_results.json").json()["results"]


def test_errors_are_json_with_a_message(prefect, v2):
    answer = prefect.get(f"{v2}/runs/999999999/", expect=404)
    assert answer.json()["status"]["user_message"]
