"""OpenMetadata, dbt-loom and tap-dbt, which read what runs left."""

import json
from datetime import datetime, timedelta, timezone

import pytest


@pytest.fixture
def bearer(wire):
    return wire("Bearer", **{"Accept": "application/json"})


@pytest.mark.parametrize("order", [{"order_by": "-created_at"}, {"order_by": "-finished_at", "status": 10}])
def test_openmetadata_reads_the_latest_run_of_a_job(bearer, v2, jobs, built, order):
    query = {"job_definition_id": jobs["Build"], "limit": 1, "offset": 0, **order}
    page = bearer.get(f"{v2}/runs/", params=query).json()
    assert len(page["data"]) == 1 and page["data"][0]["id"] >= built["id"]
    assert page["extra"]["pagination"]["total_count"] >= 1
    assert page["data"][0]["started_at"] and page["data"][0]["finished_at"]


def test_openmetadata_reads_runs_of_a_time_and_pages_beyond_the_end(bearer, v2, jobs, built):
    now = datetime.now(timezone.utc)
    between = json.dumps([(now - timedelta(days=1)).isoformat(), (now + timedelta(minutes=1)).isoformat()])
    query = {"job_definition_id": jobs["Build"], "created_at__range": between, "order_by": "-created_at"}
    page = bearer.get(f"{v2}/runs/", params={**query, "limit": 100, "offset": 0}).json()
    total = page["extra"]["pagination"]["total_count"]
    assert built["id"] in [run["id"] for run in page["data"]] and total == len(page["data"])
    beyond = bearer.get(f"{v2}/runs/", params={**query, "limit": 100, "offset": 100}).json()
    assert (beyond["data"], beyond["extra"]["pagination"]) == ([], {"count": 0, "total_count": total})


def test_openmetadata_lists_jobs_of_projects_and_environments(bearer, v2, projects, environments, jobs):
    query = {"project_id": projects["Checks"], "environment_id": environments["Production"], "offset": 0, "limit": 100}
    assert {job["id"] for job in bearer.get(f"{v2}/jobs/", params=query).json()["data"]} == set(jobs.values())
    environment = bearer.get(f"{v2}/environments/{environments['Production']}").json()["data"]
    assert environment["name"] == "Production" and not isinstance(environment.get("jobs"), list)


def test_openmetadata_reads_artifacts_of_a_job_and_of_a_run(bearer, v2, jobs, built):
    for path in (f"{v2}/jobs/{jobs['Build']}/artifacts", f"{v2}/runs/{built['id']}/artifacts"):
        assert "model.checks.orders" in bearer.get(f"{path}/manifest.json").json()["nodes"]
        assert bearer.get(f"{path}/run_results.json").json()["results"]
        assert bearer.get(f"{path}/catalog.json", expect=404).json()["status"]["code"] == 404


def test_dbt_loom_takes_the_manifest_of_the_latest_success(bearer, v2, jobs, built):
    query = f"job_definition_id={jobs['Build']}&status=10&order_by=-finished_at&limit=1"
    run = bearer.get(f"{v2}/runs/?{query}").json()["data"][0]
    assert run["id"] >= built["id"]
    manifest = bearer.get(f"{v2}/runs/{run['id']}/artifacts/manifest.json").json()
    assert "model.checks.orders" in manifest["nodes"]
    # A step too: the last but one, which built the models.
    steps = bearer.get(f"{v2}/runs/{built['id']}/?include_related=run_steps").json()["data"]["run_steps"]
    assert bearer.get(f"{v2}/runs/{built['id']}/artifacts/manifest.json?step={len(steps) - 1}").json()["nodes"]


def test_dbt_loom_finds_nothing_for_a_job_that_never_succeeded(bearer, v2, jobs, failed):
    query = f"job_definition_id={jobs['Fails']}&status=10&order_by=-finished_at&limit=1"
    assert bearer.get(f"{v2}/runs/?{query}").json()["data"] == []


@pytest.fixture
def tap(wire):
    return wire("Token", **{"Accept": "application/json", "User-Agent": "tap-dbt/v0.17.0"})


@pytest.mark.parametrize("column", ["finished_at", "updated_at"])
def test_tap_dbt_reads_runs_by_the_time_of_their_end_or_change(tap, v2, built, column):
    page = tap.get(f"{v2}/runs", params={"order_by": column, "limit": 100}).json()
    times = [datetime.fromisoformat(run[column]) for run in page["data"] if run[column] is not None]
    assert times == sorted(times)
    run = next(run for run in page["data"] if run["id"] == built["id"])
    assert run["artifacts_saved"] is True


@pytest.mark.parametrize("resource", ["jobs", "projects", "environments", "connections", "repositories", "users"])
def test_tap_dbt_pages_through_every_stream(tap, v2, resource):
    seen, offset = [], 0
    while True:
        page = tap.get(f"{v2}/{resource}", params={"limit": 50, "offset": offset}).json()["data"]
        seen += [each["id"] for each in page]
        offset += 50
        if len(page) < 50:
            break
    assert len(seen) == len(set(seen))
    assert seen or resource == "repositories"


def test_tap_dbt_reads_accounts_and_one_by_one(tap, v2, target, projects):
    assert target.account_id in [each["id"] for each in tap.get("/api/v2/accounts").json()["data"]]
    assert tap.get(f"{v2}").json()["data"]["id"] == target.account_id
    assert tap.get(f"{v2}/projects/{projects['Checks']}").json()["data"]["name"] == "Checks"
