"""fal-ai/dbt-cloud-action and pgoslatara's artifacts action, which run in GitHub workflows."""

import pytest


@pytest.fixture
def action(wire):
    agent = {"Content-Type": "application/json", "User-Agent": "axios/0.21.4"}
    return wire("Token", **{**agent, "Accept": "application/json, text/plain, */*"})


def test_a_run_with_each_override_is_followed_to_its_end(action, v2, jobs, poll):
    body = {
        "cause": "Triggered by a GitHub workflow",
        "schema_override": "ci",
        "threads_override": 2,
        "generate_docs_override": False,
        "timeout_seconds_override": 600,
        "steps_override": ["dbt run --select orders"],
    }
    run = action.post(f"{v2}/jobs/{jobs['Build']}/run/", json=body).json()["data"]
    assert run["href"].startswith("http")

    def ask():
        return action.get(f"{v2}/runs/{run['id']}/?include_related=[%22run_steps%22]").json()["data"]

    done = poll(ask, lambda run: run["is_complete"])
    assert (done["is_error"], done["status"]) == (False, 10)
    assert "git_sha" in done
    assert all(step["name"] and isinstance(step["logs"], str) for step in done["run_steps"])
    results = action.get(f"{v2}/runs/{run['id']}/artifacts/run_results.json").json()["results"]
    assert [result["relation_name"] for result in results] == ['"checks"."ci"."orders"']


def test_a_failed_run_says_so(action, v2, failed):
    run = action.get(f"{v2}/runs/{failed['id']}/?include_related=[%22run_steps%22]").json()["data"]
    assert (run["is_complete"], run["is_error"]) == (True, True)


def test_no_answer_takes_longer_than_its_time_limit(action, v2, jobs, built):
    # It gives up after 5 s; while nothing happens an answer must still come.
    assert action.session.get(f"{action.target.url}{v2}/runs/{built['id']}/", timeout=5).ok


def test_the_artifacts_action_reads_progress_and_the_list_of_files(wire, v2, built):
    bare = wire("Token")
    run = bare.get(f"{v2}/runs/{built['id']}/").json()["data"]
    assert (run["in_progress"], run["is_success"]) == (False, True)
    files = bare.get(f"{v2}/runs/{built['id']}/artifacts/").json()["data"]
    assert {"manifest.json", "run_results.json"} <= set(files)
    for file in ("manifest.json", "run_results.json"):
        answer = bare.get(f"{v2}/runs/{built['id']}/artifacts/{file}")
        assert answer.headers["content-type"].startswith("application/json") and "metadata" in answer.json()
