"""dbt-mcp's admin client: strict models, and a list that must be what its page says."""

import pytest


@pytest.fixture
def mcp(wire):
    return wire("Bearer", **{"Accept": "application/json", "Content-Type": "application/json"})


def test_it_finds_out_who_and_where_it_is_at_its_start(mcp, target, v2):
    assert isinstance(mcp.get("/api/v2/whoami/").json()["data"]["user"]["id"], int)
    accounts = mcp.get("/api/v3/accounts/").json()["data"]
    assert target.account_id in [account["id"] for account in accounts]
    account = mcp.get(f"{v2}/").json()["data"]
    assert {"id", "name", "locked", "state", "static_subdomain", "vanity_subdomain"} <= set(account)
    # A name there would be put before the host.
    assert (account["static_subdomain"], account["vanity_subdomain"]) == (None, None)
    assert (account["locked"], account["state"]) == (False, 1)


def test_credentials_of_the_user_are_a_list(mcp):
    user = mcp.get("/api/v2/whoami/").json()["data"]["user"]["id"]
    assert mcp.get(f"/api/v3/users/{user}/credentials/").json()["data"] == []


def test_projects_with_environments_and_repository(mcp, v3, projects):
    query = {"state": 1, "offset": 0, "limit": 100, "include_related": "['environments', 'repository']"}
    found = {each["name"]: each for each in mcp.get(f"{v3}/projects/", params=query).json()["data"]}
    assert {each["name"] for each in found["Checks"]["environments"]} == {"Production", "Staging"}
    path = f"{v3}/projects/{projects['Checks']}/environments/"
    environments = mcp.get(path, params={"state": 1, "offset": 0, "limit": 100}).json()["data"]
    assert {each["deployment_type"] for each in environments} == {"production", "staging"}


def test_jobs_with_their_latest_runs(mcp, v2, projects, jobs, built):
    query = {
        "project_id": projects["Checks"],
        "include_related": "['most_recent_run', 'most_recent_completed_run']",
        "limit": 100,
        "offset": 0,
    }
    found = {each["id"]: each for each in mcp.get(f"{v2}/jobs/", params=query).json()["data"]}
    assert found[jobs["Build"]]["most_recent_completed_run"]["id"] >= built["id"]
    job = mcp.get(f"{v2}/jobs/{jobs['Build']}/", params={"include_related": query["include_related"]}).json()["data"]
    assert job["most_recent_run"]["id"] >= built["id"]


def test_a_page_is_never_longer_than_asked_and_the_total_is_exact(mcp, v2, projects):
    seen = []
    while True:
        query = {"project_id": projects["Many Jobs"], "limit": 50, "offset": len(seen)}
        page = mcp.get(f"{v2}/jobs/", params=query).json()
        assert len(page["data"]) <= 50
        seen += [job["id"] for job in page["data"]]
        if not page["data"] or len(seen) == page["extra"]["pagination"]["total_count"]:
            break
    assert len(set(seen)) == len(seen) == page["extra"]["pagination"]["total_count"] == 105


def test_runs_are_listed_by_status(mcp, v2, jobs, built):
    query = {"job_definition_id": jobs["Build"], "status": 10, "limit": 5, "offset": 0, "order_by": "-id"}
    runs = mcp.get(f"{v2}/runs/", params={**query, "include_related": "['job']"}).json()["data"]
    assert built["id"] in [run["id"] for run in runs]
    assert all(run["job"]["name"] == "Build" and run["status"] == 10 for run in runs)


def test_a_run_has_every_field_of_its_model(mcp, v2, failed):
    query = {"include_related": "['run_steps']"}
    run = mcp.get(f"{v2}/runs/{failed['id']}/", params=query).json()["data"]
    assert (run["is_cancelled"], run["status"]) == (False, 20)
    assert run["href"]
    for step in run["run_steps"]:
        assert isinstance(step["status"], int) and isinstance(step["index"], int) and isinstance(step["name"], str)
    query = {"include_related": "['run_steps/debug_logs']"}
    assert mcp.get(f"{v2}/runs/{failed['id']}/", params=query).json()["data"]["run_steps"]


def test_a_failed_run_is_explained_and_retried(mcp, v2, make_run, wait_for_status):
    run = make_run("Fails once")
    details = mcp.get(f"{v2}/runs/{run['id']}/retry/").json()["data"]
    assert "fails_once" in details["failed_step"] and details["skipped_steps"] == []
    again = mcp.post(f"{v2}/runs/{run['id']}/retry/").json()["data"]
    assert again["id"] != run["id"]
    assert wait_for_status(again["id"], 10, 20, 30) == 10


def test_a_job_is_triggered_and_its_run_cancelled(mcp, v2, jobs, wait_for_status):
    body = {"cause": "Triggered by dbt MCP"}
    run = mcp.post(f"{v2}/jobs/{jobs['Slow']}/run/", json=body).json()["data"]
    wait_for_status(run["id"], 3)
    assert mcp.post(f"{v2}/runs/{run['id']}/cancel/").json()["data"]["is_cancelled"] is True


def test_artifacts_are_text_and_a_missing_one_is_a_404(mcp, v2, built):
    assert "manifest.json" in mcp.get(f"{v2}/runs/{built['id']}/artifacts/").json()["data"]
    headers = {"Accept": "*/*"}
    assert mcp.get(f"{v2}/runs/{built['id']}/artifacts/run_results.json", headers=headers).text.startswith("{")
    assert (
        mcp.get(f"{v2}/runs/{built['id']}/artifacts/none.json", headers=headers, expect=404).json()["status"]["code"]
        == 404
    )
