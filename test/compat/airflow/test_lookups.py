"""Accounts, projects, environments and jobs through the hook."""

import pytest
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudListJobsOperator


def items(responses):
    return [item for response in responses for item in response.json()["data"]]


def test_accounts_and_the_account(hook, target):
    assert [account["id"] for account in hook.list_accounts().json()["data"]] == [target.account_id]
    assert hook.get_account().json()["data"]["id"] == target.account_id


def test_projects_are_listed(hook):
    assert {project["name"] for project in items(hook.list_projects())} == {"Checks", "Many Jobs"}


@pytest.mark.since("4.0.0")
def test_projects_are_found_by_a_part_of_their_name(hook):
    assert [project["name"] for project in items(hook.list_projects(name_contains="many"))] == ["Many Jobs"]


def test_a_project_is_read_by_its_id(hook, projects):
    assert hook.get_project(projects["Checks"]).json()["data"]["name"] == "Checks"


@pytest.mark.since("4.0.0")
def test_a_project_and_its_environments(hook, projects):
    known = projects["Checks"]
    environments = items(hook.list_environments(known))
    assert {environment["name"] for environment in environments} == {"Production", "Staging"}
    found = items(hook.list_environments(known, name_contains="stag"))
    assert [environment["name"] for environment in found] == ["Staging"]
    environment = hook.get_environment(known, found[0]["id"]).json()["data"]
    assert (environment["id"], environment["project_id"]) == (found[0]["id"], known)


def test_a_job_is_read_by_its_id(hook, jobs):
    job = hook.get_job(jobs["Build"]).json()["data"]
    assert job["id"] == jobs["Build"]
    assert job["execute_steps"] == ["dbt run --select tag:good", "dbt test --select tag:good"]


def test_more_jobs_than_one_page_are_all_listed_once(hook, projects):
    pages = hook.list_jobs(project_id=projects["Many Jobs"])
    assert [len(page.json()["data"]) for page in pages] == [100, 5]
    assert len({job["id"] for job in items(pages)}) == 105


def test_the_list_operator_gives_the_ids_of_all_pages(projects):
    operator = DbtCloudListJobsOperator(task_id="list_jobs", project_id=projects["Many Jobs"], order_by="-id")
    ids = operator.execute({})
    assert len(ids) == 105
    assert ids == sorted(ids, reverse=True)


@pytest.mark.since("4.0.0")
def test_a_job_is_found_by_the_names_around_it(hook, jobs):
    found = hook.get_job_by_name(project_name="Checks", environment_name="Production", job_name="Build")
    assert found["id"] == jobs["Build"]


@pytest.mark.since("4.0.0")
@pytest.mark.parametrize(
    "names",
    [
        {"project_name": "Nowhere", "environment_name": "Production", "job_name": "Build"},
        {"project_name": "Checks", "environment_name": "Nowhere", "job_name": "Build"},
        {"project_name": "Checks", "environment_name": "Staging", "job_name": "Build"},
        {"project_name": "Checks", "environment_name": "Production", "job_name": "Bui"},
    ],
)
def test_a_name_that_nothing_has_is_not_found(hook, names):
    from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudResourceLookupError

    with pytest.raises(DbtCloudResourceLookupError, match="Found 0"):
        hook.get_job_by_name(**names)


def test_unknown_ids_are_not_found(hook):
    with pytest.raises(Exception, match="404"):
        hook.get_job(999_999)
    with pytest.raises(Exception, match="404"):
        hook.get_job_run(999_999)
    with pytest.raises(Exception, match="404"):
        hook.trigger_job_run(job_id=999_999, cause="of no job")
