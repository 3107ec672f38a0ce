"""dbtc: every method over an operation that is served, as a program with its client object calls it."""

import time

import pytest
import requests
from dbtc import dbtCloudClient

QUEUED, SUCCESS, ERROR, CANCELLED = 1, 10, 20, 30


@pytest.fixture(scope="module")
def cloud(target):
    # Not api_key: with it alone this version of dbtc sends the token "None".
    return dbtCloudClient(host=target.host, service_token=target.token).cloud


@pytest.fixture(scope="module")
def account(target):
    return target.account_id


@pytest.fixture(scope="module")
def checks(projects):
    return projects["Checks"]


@pytest.fixture(scope="module")
def built(cloud, account, jobs):
    """A run of the job Build to its end, triggered and polled by dbtc."""
    return cloud.trigger_job(account, jobs["Build"], {"cause": "dbtc"}, poll_interval=1)["data"]


def data(answer):
    assert answer["status"]["is_success"], answer
    return answer["data"]


def names(answer):
    return {item["name"] for item in data(answer)}


def test_accounts_by_id_by_name_and_listed(cloud, account):
    assert [each["id"] for each in data(cloud.list_accounts())] == [account]
    known = data(cloud.get_account(account))
    assert known["id"] == account and known["run_slots"] > 0
    assert data(cloud.get_account_by_name(known["name"]))["id"] == account


def test_licenses_and_users(cloud, account):
    answer = cloud.get_account_licenses(account)
    assert isinstance(data(answer), list)
    users = data(cloud.list_users(account, limit=5))
    assert users and cloud.list_users(account, limit=1, order_by="-id")["extra"]["pagination"]["count"] == 1
    user = data(cloud.get_user(account, users[0]["id"]))
    assert user["id"] == users[0]["id"]


def test_the_audit_log_between_two_days(cloud, account, built):
    answer = cloud.list_audit_logs(account, logged_at_start="2020-01-01", logged_at_end="2020-01-02", limit=5)
    assert data(answer) == []
    assert data(cloud.list_audit_logs(account, logged_at_start="2020-01-01", limit=5))


def test_projects_are_made_read_changed_and_deleted(cloud, account):
    made = data(cloud.create_project(account, {"name": "By dbtc", "account_id": account}))
    try:
        read = cloud.get_project_by_name("By dbtc", account_id=account)
        assert data(read)["id"] == made["id"]
        assert data(cloud.get_project_by_name("By dbtc"))["id"] == made["id"]
        changed = cloud.update_project(account, made["id"], {**data(read), "name": "Renamed"})
        assert data(changed)["name"] == "Renamed"
        assert names(cloud.list_projects(account, project_id=[made["id"]], state=1, limit=10)) == {"Renamed"}
        assert made["id"] in [each["id"] for each in data(cloud.list_projects(account))]
    finally:
        deleted = cloud.delete_project(account, made["id"])
    assert data(deleted)["state"] == 2
    assert cloud.get_project(account, made["id"])["status"]["code"] == 404


def test_a_project_that_does_not_exist_is_not_found_by_name(cloud, account):
    with pytest.raises(Exception, match='Project "Nowhere" was not found.'):
        cloud.get_project_by_name("Nowhere", account_id=account)


def test_environments_are_made_read_changed_listed_and_deleted(cloud, account, scratch_project):
    project_id, _ = scratch_project
    body = {"name": "Staging", "type": "deployment", "deployment_type": "staging", "account_id": account}
    made = data(cloud.create_environment(account, project_id, body))
    read = data(cloud.get_environment(account, project_id, made["id"]))
    assert (read["name"], read["deployment_type"]) == ("Staging", "staging")
    changed = cloud.update_environment(account, project_id, made["id"], {**read, "name": "Stage"})
    assert data(changed)["name"] == "Stage"
    assert names(cloud.list_environments(account, project_id)) == {"Scratch", "Stage"}
    listed = cloud.list_environments(
        account,
        project_id,
        deployment_type=["staging"],
        name="Stage",
        type="deployment",
        state=1,
        order_by="-id",
        limit=5,
        offset=0,
    )
    assert [each["id"] for each in data(listed)] == [made["id"]]
    assert names(cloud.list_environments(account, project_id, dbt_version=[read["dbt_version"]])) >= {"Stage"}
    assert made["id"] in [each["id"] for each in data(cloud.list_environments_by_account(account))]
    assert data(cloud.delete_environment(account, made["id"]))["state"] == 2
    assert names(cloud.list_environments(account, project_id)) == {"Scratch"}


def test_connections_and_credentials_are_made_changed_and_deleted(cloud, account, scratch_project):
    project_id, _ = scratch_project
    details = {"hostname": "db.example", "port": 5432, "dbname": "shop"}
    body = {"name": "Warehouse", "type": "postgres", "details": details, "state": 1}
    connection = data(cloud.create_connection(account, project_id, body))
    read = data(cloud.get_connection(account, project_id, connection["id"]))
    assert read["details"]["hostname"] == "db.example"
    changed = cloud.update_connection(account, project_id, connection["id"], {**read, "name": "Store"})
    assert data(changed)["name"] == "Store"
    assert connection["id"] in [each["id"] for each in data(cloud.list_connections(account, project_id, state=1))]

    body = {"type": "postgres", "username": "dbt", "password": "hush", "default_schema": "prod", "threads": 4}
    credentials = cloud.create_credentials(account, project_id, body)
    assert "hush" not in str(credentials)
    credentials_id = data(credentials)["id"]
    read = data(cloud.get_credentials(account, project_id, credentials_id))
    assert (read["username"], read["default_schema"]) == ("dbt", "prod")
    changed = cloud.update_credentials(account, project_id, credentials_id, {**read, "username": "ada"})
    assert data(changed)["username"] == "ada"
    partly = cloud.partial_update_credentials(account, project_id, credentials_id, {"threads": 8})
    assert (data(partly)["threads"], data(partly)["username"]) == (8, "ada")
    assert [each["id"] for each in data(cloud.list_credentials(account, project_id))] == [credentials_id]
    assert data(cloud.delete_credentials(account, project_id, credentials_id))["state"] == 2
    assert data(cloud.delete_connection(account, project_id, connection["id"]))["state"] == 2


def test_a_repository_is_made_changed_and_deleted(cloud, account, scratch_project):
    project_id, _ = scratch_project
    body = {"remote_url": "https://example.com/shop.git", "git_clone_strategy": "deploy_key", "project_id": project_id}
    made = data(cloud.create_repository(account, project_id, body))
    read = data(cloud.get_repository(account, project_id, made["id"]))
    assert read["remote_url"] == "https://example.com/shop.git"
    changed = cloud.update_repository(
        account, project_id, made["id"], {**read, "remote_url": "https://example.com/new.git"}
    )
    assert data(changed)["remote_url"] == "https://example.com/new.git"
    assert [each["id"] for each in data(cloud.list_repositories(account, project_id))] == [made["id"]]
    assert data(cloud.delete_repository(account, project_id, made["id"]))["state"] == 2


def test_environment_variables_one_by_one(cloud, account, scratch_project):
    project_id, _ = scratch_project
    body = {"account_id": account, "project_id": project_id, "name": "DBT_ONE", "type": "project", "raw_value": "1"}
    made = data(cloud.create_env_vars(account, project_id, body))
    listed = data(cloud.list_environment_variables(account, project_id, resource_type="environment"))
    assert listed["variables"]["DBT_ONE"]["project"] == {"id": made["id"], "value": "1"}
    cloud.update_env_vars(account, project_id, made["id"], {**body, "id": made["id"], "raw_value": "2"})
    listed = data(cloud.list_environment_variables(account, project_id, name="DBT_ONE", limit=10, offset=0))
    assert listed["variables"]["DBT_ONE"]["project"]["value"] == "2"
    data(cloud.delete_env_vars(account, project_id, made["id"]))
    assert "DBT_ONE" not in data(cloud.list_environment_variables(account, project_id))["variables"]


def test_environment_variables_in_bulk(cloud, account, scratch_project):
    project_id, _ = scratch_project

    def values():
        found = data(cloud.list_environment_variables(account, project_id))["variables"].get("DBT_BULK", {})
        return {place: each["value"] for place, each in found.items()}

    payload = {"env_var": {"new_name": "DBT_BULK", "project": "default", "Scratch": "own"}}
    data(cloud.create_env_vars_bulk(account, project_id, payload))
    assert values() == {"project": "default", "Scratch": "own"}
    ids = data(cloud.list_environment_variables(account, project_id))["variables"]["DBT_BULK"]
    payload = {"env_vars": {"name": "DBT_BULK", str(ids["project"]["id"]): "changed"}}
    data(cloud.update_environment_variables(account, project_id, payload))
    assert values()["project"] == "changed"
    data(cloud.delete_env_vars_bulk(account, project_id, {"name": "DBT_BULK"}))
    assert values() == {}


def test_an_environment_variable_of_a_job(cloud, account, checks, jobs):
    project = {"name": "DBT_LEVEL", "type": "project", "raw_value": "project", "account_id": account}
    made = data(cloud.create_env_vars(account, checks, {**project, "project_id": checks}))
    try:
        body = {"name": "DBT_LEVEL", "type": "job", "raw_value": "job", "job_definition_id": jobs["Build"]}
        own = data(cloud.create_env_vars(account, checks, {**body, "account_id": account, "project_id": checks}))
        listed = cloud.list_environment_variables(account, checks, resource_type="job", job_id=jobs["Build"])
        assert data(listed)["DBT_LEVEL"]["job"] == {"id": own["id"], "value": "job"}
        data(cloud.delete_env_vars(account, checks, own["id"]))
    finally:
        cloud.delete_env_vars(account, checks, made["id"])


def test_jobs_are_made_read_changed_listed_and_deleted(cloud, account, checks, environments):
    body = {
        "account_id": account,
        "project_id": checks,
        "environment_id": environments["Staging"],
        "name": "By dbtc",
        "execute_steps": ["dbt build"],
        "settings": {"threads": 2, "target_name": "dev"},
        "triggers": {"github_webhook": False, "git_provider_webhook": False, "schedule": False},
    }
    made = data(cloud.create_job(account, body))
    read = data(cloud.get_job(account, made["id"]))
    assert (read["execute_steps"], read["settings"]["threads"]) == (["dbt build"], 2)
    # The whole object goes back, with all that only the server writes.
    changed = data(cloud.update_job(account, made["id"], {**read, "execute_steps": ["dbt run", "dbt test"]}))
    assert changed["execute_steps"] == ["dbt run", "dbt test"]
    unchanged = ("created_at", "environment_id", "job_type", "name", "settings", "triggers")
    assert [changed[key] for key in unchanged] == [read[key] for key in unchanged]
    listed = cloud.list_jobs(
        account, environment_id=environments["Staging"], project_id=[checks], state=1, order_by="-id", limit=3, offset=0
    )
    assert [each["id"] for each in data(listed)] == [made["id"]]
    assert data(cloud.delete_job(account, made["id"]))["state"] == 2
    assert cloud.get_job(account, made["id"])["status"]["code"] == 404


def test_a_job_with_related_objects(cloud, account, jobs, built):
    answer = cloud.get_job(account, jobs["Build"], include_related=["environment", "most_recent_run"], order_by="id")
    job = data(answer)
    assert job["environment"]["name"] == "Production"
    assert job["most_recent_run"]["id"] >= built["id"]


def test_a_job_is_run_and_polled_to_its_end(built, jobs):
    assert (built["status"], built["job_definition_id"]) == (SUCCESS, jobs["Build"])


def test_a_run_is_read_with_its_trigger_job_environment_and_steps(cloud, account, built):
    related = ["trigger", "job", "environment", "run_steps"]
    run = data(cloud.get_run(account, built["id"], include_related=related))
    assert run["trigger"]["cause"] == "dbtc"
    assert run["job"]["name"] == "Build" and run["environment"]["name"] == "Production"
    assert run["run_steps"][-1]["name"] == "Invoke dbt with `dbt test --select tag:good`"


def test_runs_are_listed_by_status_job_project_and_environment(cloud, account, checks, environments, jobs, built):
    answer = cloud.list_runs(
        account,
        include_related=["trigger", "job"],
        job_definition_id=jobs["Build"],
        environment_id=environments["Production"],
        project_id=[checks],
        status=["success", "error"],
        order_by="-id",
        limit=2,
        offset=0,
    )
    assert built["id"] in [run["id"] for run in data(answer)]
    assert answer["extra"]["filters"]["limit"] == 2
    assert data(cloud.list_runs(account, job_definition_id=jobs["Build"], status="queued")) == []


def test_the_most_recent_run_and_its_artifact(cloud, account, jobs, built):
    latest = cloud.get_most_recent_run(account, job_definition_id=jobs["Build"], status="success")
    assert data(latest)["id"] >= built["id"]
    manifest = cloud.get_most_recent_run_artifact(account, "manifest.json", job_definition_id=jobs["Build"])
    assert "model.checks.orders" in manifest["nodes"]


def test_artifacts_are_listed_and_downloaded(cloud, account, built):
    assert {"manifest.json", "run_results.json"} <= set(data(cloud.list_run_artifacts(account, built["id"])))
    steps = data(cloud.get_run(account, built["id"], include_related=["run_steps"]))["run_steps"]
    models = len(steps) - 1
    assert "run_results.json" in data(cloud.list_run_artifacts(account, built["id"], step=models))
    results = cloud.get_run_artifact(account, built["id"], "run_results.json", step=models)
    assert {result["unique_id"] for result in results["results"]} == {
        "model.checks.orders",
        "model.checks.order_totals",
    }
    text = cloud.get_run_artifact(account, built["id"], "compiled/checks/models/good/orders.sql", step=models)
    assert "range * 10" in text


def test_the_timing_of_a_run(cloud, account, checks, built):
    assert data(cloud.get_run_timing_details(account, checks, built["id"]))


def test_a_run_is_triggered_without_polling_and_cancelled(cloud, account, jobs, wait_for_status):
    run = data(cloud.trigger_job(account, jobs["Slow"], {"cause": "to be cancelled"}, should_poll=False))
    wait_for_status(run["id"], 3)
    assert data(cloud.cancel_run(account, run["id"]))["status"] == CANCELLED
    assert data(cloud.get_run(account, run["id"]))["is_cancelled"]


def test_a_failed_job_is_run_again_from_its_failure(cloud, account, jobs):
    failed = cloud.trigger_job(account, jobs["Fails once"], {"cause": "fails"}, poll_interval=1)
    assert data(failed)["status"] == ERROR
    again = data(cloud.trigger_job_from_failure(account, jobs["Fails once"], poll_interval=1))
    assert (again["status"], again["retrying_run_id"]) == (SUCCESS, failed["data"]["id"])


def test_a_busy_ci_job_is_cloned_for_another_pull_request(cloud, account, jobs, checks, wait_for_status):
    busy = data(
        cloud.trigger_job(
            account, jobs["Slow in memory"], {"cause": "busy", "github_pull_request_id": 1}, should_poll=False
        )
    )
    try:
        wait_for_status(busy["id"], 3)
        payload = {
            "cause": "pull request 2",
            "schema_override": "pr_2",
            "github_pull_request_id": 2,
            "steps_override": ["dbt run --select orders"],
        }
        run = data(cloud.trigger_autoscaling_ci_job(account, jobs["Slow in memory"], payload, poll_interval=1))
    finally:
        cloud.cancel_run(account, busy["id"])
    assert run["status"] == SUCCESS
    # It ran as a copy, which is deleted; the run stays.
    assert run["job_definition_id"] != jobs["Slow in memory"]
    assert not [each for each in data(cloud.list_jobs(account, project_id=checks)) if "CLONED" in each["name"]]
    assert "CLONED" in data(cloud.get_run(account, run["id"], include_related=["job"]))["job"]["name"]


def test_a_newer_commit_of_a_pull_request_replaces_its_run(cloud, account, jobs, wait_for_status):
    payload = {"cause": "commit 1", "github_pull_request_id": 3}
    first = data(cloud.trigger_job(account, jobs["Slow"], payload, should_poll=False))
    wait_for_status(first["id"], 3)
    payload = {**payload, "cause": "commit 2", "steps_override": ["dbt run --select orders"]}
    second = data(cloud.trigger_autoscaling_ci_job(account, jobs["Slow"], payload, should_poll=True, poll_interval=1))
    assert data(cloud.get_run(account, first["id"]))["status"] == CANCELLED
    assert (second["status"], second["job_definition_id"]) == (SUCCESS, jobs["Slow"])


def test_service_tokens_are_made_given_permissions_and_listed(cloud, target, account):
    made = data(cloud.create_service_token(account, {"name": "By dbtc", "account_id": account, "state": 1}))
    assert made["token_string"]
    grant = {"permission_set": "job_viewer", "all_projects": True, "project_id": None}
    grant |= {"account_id": account, "service_token_id": made["id"]}
    data(cloud.assign_service_token_permissions(account, made["id"], [grant]))
    held = data(cloud.list_service_token_permissions(account, made["id"]))
    assert [each["permission_set"] for each in held] == ["job_viewer"]
    assert made["token_string"] not in str(cloud.get_service_token(account, made["id"]))
    assert "By dbtc" in names(cloud.list_service_tokens(account))
    reader = dbtCloudClient(host=target.host, service_token=made["token_string"]).cloud
    deadline = time.monotonic() + 10
    while not reader.list_jobs(account)["status"]["is_success"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert reader.create_job(account, {})["status"]["code"] == 403
    # dbtc has no method for it.
    headers = {"Authorization": f"Token {target.token}"}
    revoked = requests.delete(target.path("v3", f"service-tokens/{made['id']}/"), headers=headers, timeout=30)
    assert revoked.status_code == 200


def test_a_bad_token_is_told_so(target, account):
    answer = dbtCloudClient(host=target.host, service_token="wrong").cloud.list_jobs(account)
    assert (answer["status"]["code"], answer["data"]) == (401, None)


@pytest.mark.parametrize("method", ["list_groups", "list_invited_users", "list_license_maps"])
def test_what_there_is_none_of_is_an_empty_list(cloud, account, method):
    answer = getattr(cloud, method)(account)
    assert (answer["status"]["code"], answer["data"]) == (200, [])


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("list_feature_flags", []),
        ("list_private_link_endpoints", []),
        ("create_adapter", [1, {}]),
        ("create_managed_repository", [1, {}]),
        ("create_extended_attributes", [1]),
    ],
)
def test_what_is_not_served_says_so(cloud, account, method, arguments):
    status = getattr(cloud, method)(account, *arguments)["status"]
    assert (status["code"], status["is_success"]) in {(501, False), (404, False)}
    assert status["user_message"]
