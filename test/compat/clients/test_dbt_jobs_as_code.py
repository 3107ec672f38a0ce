"""dbt-jobs-as-code: each command of its README, in the order in which a team that adopts it uses them."""

import json

import pytest
import requests
import yaml


@pytest.fixture
def jobs_as_code(call, target, tmp_path):
    def run(*arguments, **options):
        variables = {"DBT_BASE_URL": target.url, "DBT_API_KEY": target.job_token}
        return call("dbt-jobs-as-code", *arguments, cwd=tmp_path, **{**variables, **options})

    return run


@pytest.fixture
def place(target, scratch_project):
    """Where the jobs of a test are: an environment that nothing else uses."""
    project_id, environment_id = scratch_project
    return {"account_id": target.account_id, "project_id": project_id, "environment_id": environment_id}


@pytest.fixture
def write(tmp_path):
    """Writes a file of jobs and gives its name."""

    def write_jobs(jobs, name="jobs.yml"):
        (tmp_path / name).write_text(yaml.safe_dump({"jobs": jobs}))
        return name

    return write_jobs


@pytest.fixture
def remote(target, place):
    """The jobs that the server has now, by their names."""

    def read():
        return {job["name"]: job for job in target.read("v2", "jobs/", project_id=place["project_id"])}

    return read


@pytest.fixture
def nightly(place):
    return {
        **place,
        "name": "Nightly",
        "description": "Everything, each night",
        "settings": {"threads": 8, "target_name": "prod"},
        "execution": {"timeout_seconds": 3600},
        "deferring_job_definition_id": None,
        "run_generate_sources": True,
        "generate_docs": False,
        "execute_steps": ["dbt run-operation clone_all_production_schemas", "dbt build"],
        "schedule": {"cron": "0 */2 * * *"},
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": True, "on_merge": False},
    }


@pytest.fixture
def after(nightly):
    return {
        **nightly,
        "name": "After it",
        "job_type": "other",
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": False},
    }


def changes(result):
    return sorted((each["action"], each["identifier"]) for each in json.loads(result.stdout)["job_changes"])


def test_a_file_is_validated_offline_and_against_the_server(jobs_as_code, write, nightly):
    file = write({"nightly": nightly})
    assert "valid YML format" in jobs_as_code("validate", file).stderr
    assert "The config file is valid" in jobs_as_code("validate", file, "--online").stderr


def test_ids_that_the_server_does_not_have_are_found(jobs_as_code, write, nightly):
    wrong = {**nightly, "environment_id": 999_999, "deferring_job_definition_id": 999_998}
    result = jobs_as_code("validate", write({"nightly": wrong}), "--online", expect=1)
    assert "environment IDs are not valid: {999999}" in result.stderr
    assert "deferral job IDs are not valid: {999998}" in result.stderr


def test_plan_then_sync_and_the_next_plan_is_empty(jobs_as_code, write, remote, nightly, after):
    file = write({"nightly": nightly, "after": after})
    scope = ["-p", nightly["project_id"]]
    assert changes(jobs_as_code("plan", file, *scope, "--json")) == [("CREATE", "after"), ("CREATE", "nightly")]
    assert remote() == {}
    assert "2 changes detected" in jobs_as_code("plan", file, *scope).stderr
    jobs_as_code("sync", file, *scope)
    made = remote()
    assert set(made) == {"Nightly [[nightly]]", "After it [[after]]"}
    job = made["Nightly [[nightly]]"]
    assert job["execute_steps"] == nightly["execute_steps"]
    assert (job["settings"], job["schedule"]["cron"]) == (nightly["settings"], "0 */2 * * *")
    assert job["triggers"]["schedule"] is True
    assert "No changes detected" in jobs_as_code("plan", file, *scope).stderr
    assert "No changes detected" in jobs_as_code("plan", file, "--limit-projects-envs-to-yml").stderr


def test_sync_updates_and_deletes_what_the_file_no_longer_has(jobs_as_code, write, remote, nightly, after):
    scope = ["-p", nightly["project_id"], "-e", nightly["environment_id"]]
    jobs_as_code("sync", write({"nightly": nightly, "after": after}), *scope)
    job_id = remote()["Nightly [[nightly]]"]["id"]
    file = write({"nightly": {**nightly, "execute_steps": ["dbt build"], "schedule": {"cron": "30 6 * * 1-5"}}})
    assert changes(jobs_as_code("plan", file, *scope, "--json")) == [("DELETE", "after"), ("UPDATE", "nightly")]
    jobs_as_code("sync", file, *scope)
    job = remote().pop("Nightly [[nightly]]")
    assert (job["id"], job["execute_steps"], job["schedule"]["cron"]) == (job_id, ["dbt build"], "30 6 * * 1-5")
    assert "After it [[after]]" not in remote()
    # An emptied file deletes the rest, when account, project and environment are named.
    empty = write({})
    jobs_as_code("sync", empty, *scope, "--account-id", nightly["account_id"])
    assert remote() == {}


def test_environment_variables_of_jobs_are_set_changed_and_removed(jobs_as_code, write, remote, target, nightly, place):
    path = target.path("v3", f"projects/{place['project_id']}/environment-variables/")
    headers = {"Authorization": f"Token {target.token}"}
    body = {"name": "DBT_REGION", "type": "project", "raw_value": "eu", **place}
    assert requests.post(path, json=body, headers=headers, timeout=30).status_code == 201

    def value():
        job_id = remote()["Nightly [[nightly]]"]["id"]
        answer = requests.get(f"{path}job/?job_definition_id={job_id}", headers=headers, timeout=30)
        return answer.json()["data"]["DBT_REGION"].get("job", {}).get("value")

    scope = ["-p", place["project_id"]]
    with_variable = {**nightly, "custom_environment_variables": [{"DBT_REGION": "us"}]}
    file = write({"nightly": with_variable})
    jobs_as_code("sync", file, *scope)
    assert value() == "us"
    assert "No changes detected" in jobs_as_code("plan", file, *scope).stderr
    file = write({"nightly": {**nightly, "custom_environment_variables": [{"DBT_REGION": "ap"}]}})
    jobs_as_code("sync", file, *scope)
    assert value() == "ap"
    imported = jobs_as_code("import-jobs", "--account-id", place["account_id"], "-p", place["project_id"])
    job = yaml.safe_load(imported.stdout)["jobs"]["nightly"]
    assert job["custom_environment_variables"] == [{"DBT_REGION": "ap"}]
    jobs_as_code("sync", write({"nightly": nightly}), *scope)
    assert value() is None


def test_jobs_are_imported_linked_and_unlinked(jobs_as_code, write, remote, target, nightly, tmp_path):
    headers = {"Authorization": f"Bearer {target.token}"}
    made = requests.post(target.path("v2", "jobs/"), json=nightly, headers=headers, timeout=30)
    job_id = made.json()["data"]["id"]
    account = ["--account-id", nightly["account_id"]]
    imported = jobs_as_code("import-jobs", *account, "-j", job_id, "--include-linked-id").stdout
    job = yaml.safe_load(imported)["jobs"]["import_1"]
    assert (job["linked_id"], job["name"], job["execute_steps"]) == (job_id, "Nightly", nightly["execute_steps"])
    (tmp_path / "imported.yml").write_text(imported)

    assert "Would link" in jobs_as_code("link", "imported.yml", "--dry-run").stderr
    jobs_as_code("link", "imported.yml")
    assert set(remote()) == {"Nightly [[import_1]]"}
    # Imported and linked, the file says what the server has.
    assert "No changes detected" in jobs_as_code("plan", "imported.yml", "-p", nightly["project_id"]).stderr
    managed = ["import-jobs", *account, "-p", nightly["project_id"], "--managed-only"]
    assert set(yaml.safe_load(jobs_as_code(*managed).stdout)["jobs"]) == {"import_1"}
    jobs_as_code("unlink", "--config", "imported.yml", "-i", "import_1")
    assert set(remote()) == {"Nightly"}
    assert remote()["Nightly"]["id"] == job_id


def test_jobs_are_updated_in_place_without_being_linked(jobs_as_code, write, remote, target, nightly):
    headers = {"Authorization": f"Bearer {target.token}"}
    requests.post(target.path("v2", "jobs/"), json=nightly, headers=headers, timeout=30)
    scope = ["--account-id", nightly["account_id"], "-e", nightly["environment_id"]]
    imported = yaml.safe_load(jobs_as_code("import-jobs", *scope, "--include-linked-id").stdout)["jobs"]
    imported["import_1"]["settings"]["threads"] = 16
    file = write(imported)
    jobs_as_code("update-jobs", file, "--dry-run")
    assert remote()["Nightly"]["settings"]["threads"] == 8
    jobs_as_code("update-jobs", file)
    assert remote()["Nightly"]["settings"]["threads"] == 16
    assert "No changes detected" in jobs_as_code("update-jobs", file).stderr


def test_the_identifier_may_stand_in_the_description(jobs_as_code, write, remote, nightly):
    file = write({"nightly": nightly})
    scope = ["-p", nightly["project_id"], "--use-desc-for-id"]
    jobs_as_code("sync", file, *scope)
    assert remote()["Nightly"]["description"] == "Everything, each night [[nightly]]"
    assert "No changes detected" in jobs_as_code("plan", file, *scope).stderr


def test_one_job_after_another_and_one_that_defers_to_itself(jobs_as_code, write, remote, nightly, after):
    scope = ["-p", nightly["project_id"]]
    jobs_as_code("sync", write({"nightly": {**nightly, "self_deferring": True}}), *scope)
    job_id = remote()["Nightly [[nightly]]"]["id"]
    assert remote()["Nightly [[nightly]]"]["deferring_job_definition_id"] == job_id
    condition = {"job_id": job_id, "project_id": nightly["project_id"], "statuses": [10, 20]}
    follows = {**after, "job_completion_trigger_condition": {"condition": condition}}
    file = write({"nightly": {**nightly, "self_deferring": True}, "after": follows})
    jobs_as_code("sync", file, *scope)
    assert remote()["After it [[after]]"]["job_completion_trigger_condition"]["condition"] == condition
    assert "No changes detected" in jobs_as_code("plan", file, *scope).stderr


def test_a_templated_file_for_several_environments(jobs_as_code, write, remote, nightly, tmp_path):
    text = yaml.safe_dump({"jobs": {"nightly": {**nightly, "environment_id": "ENVIRONMENT"}}})
    (tmp_path / "templated.yml").write_text(text.replace("ENVIRONMENT", "{{ environment_id }}"))
    (tmp_path / "vars.yml").write_text(yaml.safe_dump({"environment_id": nightly["environment_id"]}))
    jobs_as_code("sync", "templated.yml", "-v", "vars.yml", "--limit-projects-envs-to-yml")
    assert remote()["Nightly [[nightly]]"]["environment_id"] == nightly["environment_id"]


def test_jobs_are_deactivated(jobs_as_code, write, remote, nightly):
    jobs_as_code("sync", write({"nightly": nightly}), "-p", nightly["project_id"])
    job = remote()["Nightly [[nightly]]"]
    result = jobs_as_code("deactivate-jobs", "--account-id", nightly["account_id"], "--job-id", job["id"])
    assert "Deactivated all jobs!" in result.stderr
    now = remote()["Nightly [[nightly]]"]
    assert now["triggers"]["schedule"] is False
    # Nothing else of the job has changed.
    kept = ("execute_steps", "settings", "execution", "description", "environment_id")
    assert [now[key] for key in kept] == [job[key] for key in kept]


def test_it_knows_every_field_that_a_job_has(jobs_as_code, jobs, target):
    command = ["import-jobs", "--account-id", target.account_id, "-j", jobs["Build"], "--check-missing-fields"]
    jobs_as_code(*command)


def test_all_jobs_of_many_pages_are_imported(jobs_as_code, projects, target):
    result = jobs_as_code("import-jobs", "--account-id", target.account_id, "-p", projects["Many Jobs"])
    assert len(yaml.safe_load(result.stdout)["jobs"]) == 105


def test_a_bad_token_is_told_so(jobs_as_code, write, nightly):
    result = jobs_as_code("plan", write({"nightly": nightly}), DBT_API_KEY="wrong", expect=1)
    assert "401 Unauthorized" in result.stderr
