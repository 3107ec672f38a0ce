"""Pipedream, Azure Data Factory, Harness, and the curl of many a blog: few requests, and no library to forgive."""

import pytest


@pytest.fixture
def curl(wire):
    return wire("Token", **{"User-Agent": "curl/8.5.0"})


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token", "BEARER"])
def test_any_scheme_is_taken_in_any_case(wire, v2, scheme):
    assert wire(scheme).get(f"{v2}/").json()["status"]["is_success"] is True


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_job_is_started_and_polled_until_it_is_complete(curl, v2, jobs, poll, slash):
    body = {"cause": "Triggered by curl", "steps_override": ["dbt run --select orders"]}
    run = curl.post(f"{v2}/jobs/{jobs['Build']}/run{slash}", json=body).json()["data"]
    path = f"{v2}/runs/{run['id']}{slash}"
    done = poll(lambda: curl.get(path).json()["data"], lambda run: run["is_complete"])
    assert (done["is_success"], done["status"]) == (True, 10)


def test_a_form_is_taken_as_well(curl, v2, jobs):
    run = curl.post(f"{v2}/jobs/{jobs['Slow']}/run/", data={"cause": "from a form"}).json()["data"]
    try:
        assert run["trigger"]["cause"] == "from a form"
    finally:
        curl.post(f"{v2}/runs/{run['id']}/cancel/")


@pytest.mark.parametrize("body", ["", "{}", "null"])
def test_a_run_needs_no_body(curl, v2, jobs, body):
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    run = curl.post(f"{v2}/jobs/{jobs['Slow']}/run/", data=body, headers=headers).json()["data"]
    assert curl.post(f"{v2}/runs/{run['id']}/cancel/", headers={"Content-Length": "0"}).json()["data"]["status"] == 30


def test_a_cause_of_255_characters(curl, v2, jobs):
    run = curl.post(f"{v2}/jobs/{jobs['Slow']}/run/", json={"cause": "x" * 255}).json()["data"]
    curl.post(f"{v2}/runs/{run['id']}/cancel/")
    assert run["trigger"]["cause"] == "x" * 255


def test_pipedream_chooses_accounts_projects_environments_and_jobs(wire, v2, v3, projects, environments, target):
    pipedream = wire("Bearer", **{"Content-Type": "application/json"})
    accounts = pipedream.get("/api/v3/accounts/").json()["data"]
    assert {"id", "name"} <= set(accounts[0])
    assert projects["Checks"] in [each["id"] for each in pipedream.get(f"{v3}/projects/").json()["data"]]
    listed = pipedream.get(f"{v3}/projects/{projects['Checks']}/environments/").json()["data"]
    assert {each["name"] for each in listed} == set(environments)
    assert pipedream.get(f"{v2}/jobs/").json()["data"]


def test_a_root_without_a_browser_is_the_list_of_accounts(curl, target):
    assert [each["id"] for each in curl.get("/").json()["data"]] == [target.account_id]


@pytest.mark.parametrize("path", ["/", "/api/v2/accounts/", "/api/v3/accounts/", "/api/v2/whoami/"])
def test_a_bad_token_is_a_401_and_never_a_page_to_sign_in(curl, path):
    answer = curl.get(path, headers={"Authorization": "Token wrong"}, expect=401)
    assert answer.json()["status"]["is_success"] is False


def test_an_unknown_path_is_json_as_well(curl, v2):
    assert curl.get(f"{v2}/no-such-thing/", expect=404).json()["status"]["code"] == 404
