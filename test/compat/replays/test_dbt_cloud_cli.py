"""data-mie's dbt-cloud-cli: it expects JSON of every call, and sends each key that it knows."""

import pytest


@pytest.fixture
def cli(wire):
    return wire("Token")


def test_a_job_is_made_from_a_whole_body_read_and_deleted(cli, v2, target, projects, environments):
    body = {
        "id": None,
        "account_id": target.account_id,
        "project_id": projects["Checks"],
        "environment_id": environments["Staging"],
        "name": "By the CLI",
        "execute_steps": ["dbt seed", "dbt run"],
        "dbt_version": None,
        "job_type": None,
        "deferring_job_definition_id": None,
        "triggers": {
            "github_webhook": False,
            "git_provider_webhook": False,
            "schedule": False,
            "custom_branch_only": False,
        },
        "settings": {"threads": 1, "target_name": "default"},
        "state": 1,
        "generate_docs": False,
        "schedule": {
            "cron": "0 * * * *",
            "date": {"type": "every_day"},
            "time": {"type": "every_hour", "interval": 1},
        },
    }
    job = cli.post(f"{v2}/jobs/", json=body, expect=201).json()["data"]
    assert cli.get(f"{v2}/jobs/{job['id']}").json()["data"]["execute_steps"] == ["dbt seed", "dbt run"]
    assert cli.delete(f"{v2}/jobs/{job['id']}/").json()["data"]["state"] == 2


def test_a_run_is_started_with_every_override_as_null(cli, v2, target, jobs, poll):
    overrides = ["git_sha", "git_branch", "schema_override", "dbt_version_override", "threads_override"]
    overrides += ["target_name_override", "generate_docs_override", "timeout_seconds_override"]
    body = {"account_id": target.account_id, "job_id": jobs["Build"], "cause": "Triggered via API"}
    body |= {**dict.fromkeys(overrides), "steps_override": ["dbt run --select orders"]}
    run = cli.post(f"{v2}/jobs/{jobs['Build']}/run/", json=body).json()["data"]
    assert run["status"] in {1, 2, 3}
    done = poll(lambda: cli.get(f"{v2}/runs/{run['id']}/").json()["data"], lambda run: run["status"] in (10, 20, 30))
    assert done["status"] == 10


def test_a_run_with_related_objects_as_json(cli, v2, failed):
    run = cli.get(f"{v2}/runs/{failed['id']}/", params={"include_related": '["run_steps", "job"]'}).json()["data"]
    assert run["run_steps"] and run["job"] and run["href"]


def test_runs_are_listed_with_its_query(cli, v2, jobs, built):
    query = {"limit": 100, "status": 10, "offset": 0, "job_definition_id": jobs["Build"], "order_by": "-id"}
    assert built["id"] in [run["id"] for run in cli.get(f"{v2}/runs", params=query).json()["data"]]


def test_a_run_is_cancelled_without_a_body_or_its_type(cli, v2, jobs):
    run = cli.post(f"{v2}/jobs/{jobs['Slow']}/run/", json={"cause": "x"}).json()["data"]
    cancelled = cli.post(f"{v2}/runs/{run['id']}/cancel/").json()["data"]
    assert (cancelled["status"], cancelled["status_message"]) == (30, "Cancelled by user.")


def test_an_environment_is_made_without_a_type(cli, v3, projects):
    path = f"{v3}/projects/{projects['Checks']}/environments/"
    made = cli.post(path, json={"name": "By the CLI", "project_id": projects["Checks"]}, expect=201).json()["data"]
    assert cli.delete(f"{path}{made['id']}/").json()["data"]["state"] == 2
    assert made["type"] == "deployment"


def test_the_audit_log_is_a_list(cli, v3):
    query = {"logged_at_start": "2020-01-01", "logged_at_end": "2020-01-02", "offset": 0, "limit": 10}
    assert cli.get(f"{v3}/audit-logs/", params=query).json()["data"] == []
