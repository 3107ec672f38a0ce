"""Kestra's plugin-dbt: Jackson, strict about types, dates and nulls."""

import re

import pytest

# yyyy-MM-dd' 'HH:mm:ss[.SSSSSS]XXX
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?([+-]\d\d:\d\d|Z)")
RELATED = '["trigger","job",,"run_steps", "environment"]'


@pytest.fixture
def kestra(wire):
    return wire("Bearer", **{"Content-Type": "application/json"})


def assert_dates(thing):
    for key, value in thing.items():
        if key.endswith("_at") and value is not None:
            assert DATE.fullmatch(value), (key, value)


def test_a_run_is_started_with_threads_as_a_string(kestra, v2, jobs, poll):
    body = {"cause": "Triggered by Kestra.", "threads_override": "2", "steps_override": ["dbt run --select orders"]}
    body |= {"git_sha": None, "schema_override": None, "generate_docs_override": None, "timeout_seconds_override": None}
    run = kestra.post(f"{v2}/jobs/{jobs['Build']}/run/", json=body).json()["data"]
    assert run["trigger"]["threads_override"] == 2
    assert_dates(run)
    assert_dates(run["trigger"])
    # Jackson: strings in the job of a run, where the job itself has objects.
    assert all(isinstance(run["job"]["schedule"][key], str) for key in ("date", "time"))

    def ask():
        return kestra.get(f"{v2}/runs/{run['id']}/", params={"include_related": RELATED}).json()["data"]

    assert poll(ask, lambda run: run["is_complete"])["status_humanized"] == "Success"


def test_its_malformed_list_of_related_objects_is_understood(kestra, v2, built):
    run = kestra.get(f"{v2}/runs/{built['id']}/", params={"include_related": RELATED}).json()["data"]
    assert run["trigger"] and run["job"] and run["environment"]
    assert_dates(run)
    for step in run["run_steps"]:
        assert isinstance(step["logs"], str)
        assert isinstance(step["status"], int) and isinstance(step["index"], int) and step["name"]
        assert_dates(step)


def test_debug_logs_are_given_when_asked_for(kestra, v2, built):
    related = RELATED.replace('"run_steps"', '"run_steps","debug_logs"')
    run = kestra.get(f"{v2}/runs/{built['id']}/", params={"include_related": related}).json()["data"]
    assert any(step["debug_logs"] for step in run["run_steps"])


def test_steps_are_a_list_also_before_there_are_any(kestra, v2, built):
    assert kestra.get(f"{v2}/runs/{built['id']}/").json()["data"]["run_steps"] == []


def test_a_missing_artifact_is_a_404(kestra, v2, built):
    assert kestra.get(f"{v2}/runs/{built['id']}/artifacts/sources.json", expect=404).json()["status"]["code"] == 404
    assert kestra.get(f"{v2}/runs/{built['id']}/artifacts/run_results.json").json()["results"]
