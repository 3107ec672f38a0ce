"""Terraform's dbtcloud provider: Go structs, so a list where it wants none, or an object for a string, is an error."""

import pytest


@pytest.fixture
def terraform(wire):
    return wire("Token", **{"Content-Type": "application/json", "User-Agent": "terraform-provider-dbtcloud/1.12.5"})


@pytest.fixture
def place(terraform, v3, target):
    """A project with an environment, as its resources make them; softly deleted at the end."""
    body = {"name": "By Terraform", "description": "", "dbt_project_subdirectory": None, "state": 1, "type": 0}
    project = terraform.post(f"{v3}/projects/", json={**body, "account_id": target.account_id}, expect=201).json()[
        "data"
    ]
    path = f"{v3}/projects/{project['id']}/"
    body = {
        "state": 1,
        "account_id": target.account_id,
        "project_id": project["id"],
        "name": "Production",
        "dbt_version": "latest",
        "type": "deployment",
        "use_custom_branch": False,
        "custom_branch": None,
        "deployment_type": "production",
        "supports_docs": False,
    }
    environment = terraform.post(f"{path}environments/", json=body, expect=201).json()["data"]
    yield project, environment
    read = terraform.get(path).json()["data"]
    assert terraform.post(path, json={**read, "state": 2}).json()["data"]["state"] == 2
    assert terraform.get(path, expect=404).json()["status"]["code"] == 404


def job_body(target, project, environment, **changes):
    return {
        "account_id": target.account_id,
        "project_id": project["id"],
        "environment_id": environment["id"],
        "name": "By Terraform",
        "description": "",
        "execute_steps": ["dbt build"],
        "dbt_version": None,
        "deactivated": False,
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": True, "on_merge": False},
        "settings": {"threads": 4, "target_name": "default"},
        "state": 1,
        "generate_docs": False,
        "run_generate_sources": False,
        "schedule": {
            "cron": "",
            "date": {"type": "days_of_week", "days": [1, 3]},
            "time": {"type": "at_exact_hours", "interval": 1, "hours": [5, 6]},
        },
        "execution": {"timeout_seconds": 0},
        "triggers_on_draft_pr": False,
        "job_type": "scheduled",
        "run_compare_changes": False,
        "run_lint": False,
        "errors_on_lint_failure": True,
        **changes,
    }


def settled(thing):
    """Without the times of change, also those of what stands inside."""
    return {
        key: settled(value) if isinstance(value, dict) else value for key, value in thing.items() if key != "updated_at"
    }


def test_its_account_is_among_those_listed_at_the_start(terraform, target):
    accounts = {each["id"]: each for each in terraform.get("/api/v2/accounts/").json()["data"]}
    account = accounts[target.account_id]
    # Strings in its structs: an object there stops it.
    assert not isinstance(account.get("docs_job"), dict) and not isinstance(account.get("freshness_job"), dict)


def test_a_project_is_found_by_its_name(terraform, v3, place):
    project, _ = place
    query = 'name__icontains=Terraform&limit=100&order_by=name&include_related=["repository","connection"]'
    page = terraform.get(f"{v3}/projects/?{query}").json()
    assert [each["id"] for each in page["data"]] == [project["id"]]
    assert page["extra"]["pagination"] == {"count": 1, "total_count": 1}
    listed = terraform.get(f"{v3}/projects/?include_related=[freshness_job_id,docs_job_id]").json()["data"]
    assert project["id"] in [each["id"] for each in listed]


def test_a_project_and_an_environment_go_back_whole(terraform, v3, place):
    project, environment = place
    path = f"{v3}/projects/{project['id']}/"
    read = terraform.get(path).json()["data"]
    changed = terraform.post(path, json={**read, "description": "changed"}).json()["data"]
    assert settled({**changed, "description": ""}) == settled({**read, "description": ""})
    path += f"environments/{environment['id']}/"
    read = terraform.get(path).json()["data"]
    # In these no list may stand.
    assert not isinstance(read.get("jobs"), list)
    changed = terraform.post(path, json=read).json()["data"]
    assert settled(changed) == settled(read)


def test_a_job_with_days_and_hours_instead_of_a_cron(terraform, v2, target, place):
    project, environment = place
    made = terraform.post(f"{v2}/jobs/", json=job_body(target, project, environment), expect=201).json()["data"]
    path = f"{v2}/jobs/{made['id']}/"
    read = terraform.get(path, params={"include_related": "[environment]"}).json()["data"]
    assert isinstance(read["schedule"]["date"], dict) and isinstance(read["schedule"]["time"], dict)
    assert read["schedule"]["cron"]
    assert read["environment"]["id"] == environment["id"]
    assert not isinstance(read["environment"].get("jobs"), list)
    assert not isinstance(read["environment"].get("custom_environment_variables"), list)
    assert not isinstance(read.get("custom_environment_variables"), list)
    changed = terraform.post(path, json={**made, "name": "Renamed"}).json()["data"]
    assert (changed["name"], changed["schedule"]) == ("Renamed", made["schedule"])
    query = f"project_id={project['id']}&include_related=[environment]&limit=100&offset=0"
    assert [each["id"] for each in terraform.get(f"{v2}/jobs?{query}").json()["data"]] == [made["id"]]
    # Destroyed by its state; a plan then reads a 404, by whose code it knows that the job is gone.
    assert terraform.post(path, json={**changed, "state": 2}).json()["data"]["state"] == 2
    assert terraform.get(path, expect=404).json()["status"]["code"] == 404


def test_environments_of_the_account_are_listed_for_a_project(terraform, v3, place):
    project, environment = place
    listed = terraform.get(f"{v3}/environments/?project_id={project['id']}").json()["data"]
    assert [each["id"] for each in listed] == [environment["id"]]


def test_variables_are_made_in_bulk_changed_and_removed(terraform, v3, place):
    project, _ = place
    path = f"{v3}/projects/{project['id']}/environment-variables/"
    made = {"env_var": {"new_name": "DBT_TERRAFORM", "project": "default", "Production": "own"}}
    assert len(terraform.post(f"{path}bulk/", json=made, expect=201).json()["data"]["new_var_ids"]) == 2

    def read():
        return terraform.get(f"{path}environment/").json()["data"]["variables"].get("DBT_TERRAFORM")

    ids = {place: each["id"] for place, each in read().items()}
    change = {"env_vars": {"name": "DBT_TERRAFORM", str(ids["project"]): "changed", str(ids["Production"]): ""}}
    terraform.send("PUT", f"{path}bulk/", json=change)
    assert {place: each["value"] for place, each in read().items() if each} == {"project": "changed"}
    terraform.send("DELETE", f"{path}bulk/", json={"name": "DBT_TERRAFORM"})
    assert not read()


def test_a_secret_is_never_read_back(terraform, v3, place):
    project, _ = place
    path = f"{v3}/projects/{project['id']}/environment-variables/"
    body = {"env_var": {"new_name": "DBT_ENV_SECRET_KEY", "project": "hush-hush"}}
    made = terraform.post(f"{path}bulk/", json=body, expect=201)
    assert "hush-hush" not in made.text + terraform.get(f"{path}environment/").text


def test_a_project_is_asked_for_with_the_ids_of_its_docs_jobs(terraform, v3, place):
    project, _ = place
    query = "include_related=[freshness_job_id,docs_job_id]"
    assert terraform.get(f"{v3}/projects/{project['id']}/?{query}").json()["data"]["id"] == project["id"]


def test_runs_are_listed_with_its_misspelt_filter(terraform, v2, jobs, built):
    query = {"job_definition_id": jobs["Build"], "status_in": "[10]", "limit": 100, "offset": 0, "order_by": "-id"}
    assert built["id"] in [run["id"] for run in terraform.get(f"{v2}/runs/", params=query).json()["data"]]


def test_a_get_is_not_refused_for_what_it_does_not_know(terraform, v2):
    # Any 400 means to it that the object is gone.
    assert terraform.get(f"{v2}/jobs/?no_such_filter=1&page=2").json()["data"]
