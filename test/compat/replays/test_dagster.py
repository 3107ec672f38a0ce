"""Dagster: `dagster_dbt.cloud`, which polls runs it started, and `cloud_v2`, which watches those of others."""

import json
from datetime import datetime, timedelta, timezone

import pytest

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def first(wire):
    return wire("Bearer", **JSON)


@pytest.fixture
def second(wire):
    return wire("Token", **JSON)


def test_a_run_is_started_and_its_answer_has_the_job_expanded(first, v2, jobs, poll):
    body = {"cause": "Materializing software-defined assets", "steps_override": ["dbt run --select orders"]}
    run = first.post(f"{v2}/jobs/{jobs['Build']}/run/", data=json.dumps(body)).json()["data"]
    # It reads resp.get("job", {}).get("triggers").
    assert isinstance(run["job"]["triggers"], dict)
    assert run["href"].startswith("http")

    def ask():
        path = f"{v2}/runs/{run['id']}/?include_related=trigger,job,run_steps"
        return first.get(path, data="null").json()["data"]

    done = poll(ask, lambda run: run["status_humanized"] in ("Success", "Error", "Cancelled"))
    assert (done["status_humanized"], done["job_id"]) == ("Success", jobs["Build"])
    assert datetime.fromisoformat(done["started_at"]) <= datetime.fromisoformat(done["finished_at"])
    assert done["run_steps"][-1]["name"] == "Invoke dbt with `dbt run --select orders`"


@pytest.mark.parametrize("related", ["['trigger', 'job']", "[]", "trigger,job", ""])
def test_related_objects_are_asked_for_as_python_prints_a_list(first, v2, built, related):
    run = first.get(f"{v2}/runs/{built['id']}/", params={"include_related": related}, data="null").json()["data"]
    assert (run["trigger"] is not None, run["job"] is not None) == ("trigger" in related, "job" in related)
    assert run["run_steps"] == []


def test_runs_are_listed_with_a_body_of_null(first, v2, jobs, built):
    query = {"job_definition_id": jobs["Build"], "limit": 100, "offset": 0, "order_by": "-id", "include_related": "[]"}
    runs = first.get(f"{v2}/runs/", params=query, data="null").json()["data"]
    assert built["id"] in [run["id"] for run in runs]


def test_the_step_of_an_artifact_is_asked_for_in_the_body(first, v2, built):
    steps = first.get(f"{v2}/runs/{built['id']}/?include_related=run_steps", data="null").json()["data"]["run_steps"]
    path = f"{v2}/runs/{built['id']}/artifacts/run_results.json"
    kinds = [
        {
            result["unique_id"].split(".")[0]
            for result in first.get(path, params=query, json={"step": step}).json()["results"]
        }
        for step in (len(steps) - 1, len(steps))
        # In the query as well since 0.21.
        for query in ({}, {"step": step})
    ]
    assert kinds == [{"model"}, {"model"}, {"test"}, {"test"}]
    assert "manifest.json" in first.get(f"{v2}/runs/{built['id']}/artifacts/", data="null").json()["data"]


def test_a_job_goes_back_whole_with_all_that_is_read_only(first, v2, jobs):
    job = first.get(f"{v2}/jobs/{jobs['Build']}/", data="null").json()["data"]
    changed = first.post(f"{v2}/jobs/{jobs['Build']}/", data=json.dumps({**job, "generate_docs": False})).json()["data"]
    assert {**changed, "updated_at": None} == {**job, "updated_at": None}


def test_variables_of_a_job(first, v3, jobs, projects):
    path = f"{v3}/projects/{projects['Checks']}/environment-variables/job/"
    assert first.get(path, params={"job_definition_id": jobs["Build"]}, data="null").json()["data"] == {}


def test_a_run_is_cancelled_with_a_body_of_null(first, v2, jobs, wait_for_status):
    run = first.post(f"{v2}/jobs/{jobs['Slow']}/run/", data=json.dumps({"cause": "x"})).json()["data"]
    wait_for_status(run["id"], 3)
    cancelled = first.post(f"{v2}/runs/{run['id']}/cancel/", data="null").json()["data"]
    assert cancelled["status_humanized"] == "Cancelled"


def test_the_workspace_parses_with_a_job_without_steps(second, v2, target, jobs, projects, environments, poll):
    body = {
        "account_id": target.account_id,
        "environment_id": environments["Staging"],
        "project_id": projects["Checks"],
        "name": "DAGSTER_ADHOC_JOB__x",
        "description": "This job is used by Dagster to parse your dbt Cloud workspace",
        "job_type": "other",
    }
    job = second.post(f"{v2}/jobs", json=body, expect=201).json()["data"]
    try:
        listed = second.get(f"{v2}/jobs", params={"account_id": target.account_id, "project_id": projects["Checks"]})
        assert job["id"] in [each["id"] for each in listed.json()["data"]]
        body = {"cause": "parse", "steps_override": ["dbt parse"]}
        run = second.post(f"{v2}/jobs/{job['id']}/run", json=body).json()["data"]
        path = f"{v2}/runs/{run['id']}"
        done = poll(lambda: second.get(path).json()["data"], lambda run: run["status"] in (10, 20, 30))
        assert (done["status"], done["href"]) == (10, run["href"])
        manifest = second.get(f"{path}/artifacts/manifest.json").json()
        assert "model.checks.orders" in manifest["nodes"]
        # Without steps and without an override there is nothing to run, and that is said.
        assert second.post(f"{v2}/jobs/{job['id']}/run", json=None, data="null", expect=400).json()["status"]
    finally:
        second.delete(f"{v2}/jobs/{job['id']}/")


def test_the_sensor_reads_what_finished_in_a_window_and_only_that(second, v2, built, target, projects, environments):
    run = second.get(f"{v2}/runs/{built['id']}").json()["data"]
    finished = datetime.fromisoformat(run["finished_at"])

    def window(start, end):
        query = {
            "account_id": target.account_id,
            "limit": 100,
            "offset": 0,
            "order_by": "finished_at",
            "finished_at__range": json.dumps([start.isoformat(), end.isoformat()]),
            "project_id": projects["Checks"],
            "environment_id": environments["Production"],
            "include_related": "",
        }
        answer = second.get(f"{v2}/runs", params=query).json()
        assert answer["extra"]["pagination"]["total_count"] == len(answer["data"])
        return [each["id"] for each in answer["data"]]

    second_ = timedelta(seconds=1)
    assert built["id"] in window(finished - second_, finished + second_)
    assert built["id"] not in window(finished + second_, datetime.now(timezone.utc) + second_)
    assert window(finished - timedelta(days=900), finished - timedelta(days=800)) == []


def test_results_name_the_run_that_made_them(second, v2, built, jobs, projects):
    metadata = second.get(f"{v2}/runs/{built['id']}/artifacts/run_results.json").json()["metadata"]["env"]
    named = [int(metadata[f"DBT_CLOUD_{name}_ID"]) for name in ("RUN", "JOB", "PROJECT")]
    assert named == [built["id"], jobs["Build"], projects["Checks"]]
