"""dbtc's command line, with host and token in the variables of its documentation."""

import json

import pytest


@pytest.fixture(scope="module")
def dbtc(call, target):
    def run(*arguments, **options):
        variables = {
            "DBT_CLOUD_HOST": target.host,
            "DBT_CLOUD_SERVICE_TOKEN": target.token,
            "DBT_CLOUD_ACCOUNT_ID": str(target.account_id),
        }
        return call("dbtc", *arguments, **variables, **options)

    return run


@pytest.fixture(scope="module")
def read(dbtc):
    """The data of the answer that a command prints."""
    return lambda *arguments: json.loads(dbtc(*arguments).stdout)["data"]


@pytest.fixture(scope="module")
def failed_run(read, jobs):
    command = ["jobs", "trigger", "--job-id", jobs["Fails once"], "--payload", '{"cause": "by the CLI"}']
    return read(*command, "--poll-interval", 1)


def test_accounts_projects_environments_and_users(read, target, projects, environments):
    assert [each["id"] for each in read("accounts", "list")] == [target.account_id]
    assert read("accounts", "get")["id"] == target.account_id
    assert projects["Checks"] in [each["id"] for each in read("projects", "list")]
    assert read("projects", "get", "--project-id", projects["Checks"])["name"] == "Checks"
    assert read("projects", "get-by-name", "--project-name", "Checks")["id"] == projects["Checks"]
    listed = read("environments", "list", "--project-id", projects["Checks"])
    assert {each["id"] for each in listed} == set(environments.values())
    assert read("users", "list")


def test_the_commands_of_old_are_still_understood(read, jobs):
    assert read("get-job", "--job-id", jobs["Build"])["name"] == "Build"


def test_a_job_is_changed_and_listed(read, environments, jobs):
    # Its own command to create one calls its library with one argument too many.
    job = read("jobs", "get", "--job-id", jobs["Slow in memory"])
    command = ["jobs", "update", "--job-id", job["id"], "--payload"]
    assert read(*command, json.dumps({**job, "description": "by dbtc"}))["description"] == "by dbtc"
    assert read(*command, json.dumps(job))["description"] == job["description"]
    listed = read("jobs", "list", "--environment-id", environments["Production"], "--limit", 1, "--order-by", "-id")
    assert [each["id"] for each in listed] == [max(jobs.values())]


def test_a_job_is_triggered_polled_and_run_again_from_its_failure(read, failed_run, jobs):
    assert failed_run["status"] == 20
    again = read("jobs", "trigger-from-failure", "--job-id", jobs["Fails once"], "--poll-interval", 1)
    assert (again["status"], again["retrying_run_id"]) == (10, failed_run["id"])


def test_a_run_is_read_listed_and_its_artifacts_saved(read, dbtc, failed_run, jobs, tmp_path):
    run = read("runs", "get", "--run-id", failed_run["id"], "--include-related", '["run_steps", "trigger"]')
    assert run["trigger"]["cause"] == "by the CLI"
    listed = read("runs", "list", "--job-id", jobs["Fails once"], "--status", "error", "--order-by", "-id")
    assert failed_run["id"] in [each["id"] for each in listed]
    assert "manifest.json" in read("runs", "list-artifacts", "--run-id", run["id"])
    file = tmp_path / "run_results.json"
    dbtc("--output", file, "runs", "get-artifact", "--run-id", run["id"], "--path", "run_results.json")
    results = json.loads(file.read_text())["results"]
    assert [result["status"] for result in results] == ["error"]


def test_the_most_recent_run_of_a_job(read, failed_run, jobs):
    assert read("runs", "get-most-recent", "--job-id", jobs["Fails once"])["id"] >= failed_run["id"]


def test_a_run_is_cancelled(read, jobs, wait_for_status):
    command = ["jobs", "trigger", "--job-id", jobs["Slow"], "--payload", '{"cause": "to be cancelled"}']
    run = read(*command, "--no-should-poll")
    wait_for_status(run["id"], 3)
    assert read("runs", "cancel", "--run-id", run["id"])["status"] == 30
