"""DAG.test() against the fixture."""

from pathlib import Path

import pytest


@pytest.fixture
def nightly(stratus, airflow_database):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(Path(__file__).parent / "dags"))
    assert bag.import_errors == {}
    return bag.dags["nightly"]


def faults_met(stratus):
    return [(entry["method"], entry["fault"]) for entry in stratus.journal if entry["fault"]]


def test_a_dag_runs_its_job(nightly, stratus):
    assert nightly.test().state == "success"
    assert stratus.runs("Build")[0]["status_humanized"] == "Success"
    assert any("apache-airflow-providers-dbt-cloud" in (entry["user_agent"] or "") for entry in stratus.journal)


def test_with_a_retry_limit_a_dag_survives_cut_connections(nightly, stratus):
    stratus.fail_next("cut_connection", times=2, method="GET")
    assert nightly.test().state == "success"
    assert faults_met(stratus) == [("GET", "cut_connection")] * 2


def test_a_retry_limit_does_not_help_a_waiting_operator_against_a_503(nightly, stratus):
    stratus.fail_next("bad_gateway", times=1, status=503, method="GET")
    assert nightly.test().state == "failed"
    assert faults_met(stratus) == [("GET", "bad_gateway")]
