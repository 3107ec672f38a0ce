"""The fixture against a real server, without Airflow."""

import os
import urllib.error
import urllib.request

import pytest
from pytest_stratus.process import StratusError, find_command, started

SUCCESS, ERROR = 10, 20


def test_a_run_is_triggered_by_name_and_awaited(stratus):
    run = stratus.wait_for_run(stratus.trigger("Build"))
    assert (run["status"], run["job"]["name"]) == (SUCCESS, "Build")
    assert stratus.runs("Build")[0]["id"] == run["id"]


def test_a_failed_run_says_which_model_failed(stratus):
    run = stratus.wait_for_run(stratus.trigger("Fails"))
    assert run["status"] == ERROR
    assert "model orders" in run["status_message"]


def test_the_environment_leads_to_it(stratus):
    assert stratus.url.removeprefix("https://") in os.environ["AIRFLOW_CONN_DBT_CLOUD_DEFAULT"]
    assert os.environ["REQUESTS_CA_BUNDLE"] == os.environ["SSL_CERT_FILE"] == stratus.ca_bundle_file


def read(stratus):
    """As a client that knows of no fixture."""
    request = urllib.request.Request(
        f"{stratus.url}/api/v2/accounts/1/jobs/1/",
        headers={"Authorization": f"Token {stratus.token}", "User-Agent": "some client"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status


def test_faults_are_met_by_clients_and_not_by_the_fixture(stratus):
    stratus.fail_next("bad_gateway", times=1, status=503)
    assert stratus.wait_for_run(stratus.trigger("Build"))["status"] == SUCCESS
    with pytest.raises(urllib.error.HTTPError, match="503"):
        read(stratus)
    assert read(stratus) == 200
    assert [(entry["status"], entry["fault"]) for entry in stratus.journal] == [(503, "bad_gateway"), (200, None)]


def test_each_test_begins_without_faults_and_without_requests(stratus):
    assert (stratus.faults, stratus.journal) == ([], [])


def test_a_fault_that_does_not_exist_is_named(stratus):
    with pytest.raises(StratusError, match="lost_reply"):
        stratus.fail_next("earthquake")


def test_a_setting_that_a_fault_does_not_have_is_named(stratus):
    with pytest.raises(StratusError, match="no setting tims. It has: .*times"):
        stratus.fail_next("bad_gateway", tims=3)
    assert stratus.faults == []


def test_a_job_that_does_not_exist_is_named_with_those_that_do(stratus):
    for ask in (stratus.trigger, stratus.runs):
        with pytest.raises(StratusError, match=r'There is no job "Biuld"\. The server has:\n  1  Build\n  2  Fails'):
            ask("Biuld")


def test_no_registry_is_asked_for_a_program_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.delenv("STRATUS_COMMAND", raising=False)
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/sh\n", encoding="utf-8")
    npx.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StratusError, match="npm link"):
        find_command()


def test_a_server_that_does_not_start_says_why(tmp_path):
    with pytest.raises(StratusError, match="dbt_project.yml"), started(tmp_path, tmp_path):
        pass


def test_nothing_is_left_of_a_server(tmp_path, stratus_project):
    with started(stratus_project, tmp_path) as ready:
        os.kill(ready["pid"], 0)
    with pytest.raises(ProcessLookupError):
        os.kill(ready["pid"], 0)
