"""dbtc: jobs, their runs and artifacts."""

from dbtc_answers import CANCELLED, ERROR, SUCCESS, data


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
