"""dbtc: projects with all that is defined in them, but jobs."""

import pytest
from dbtc_answers import data, names


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
