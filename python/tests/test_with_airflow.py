"""DAG.test() against the fixture."""

from pathlib import Path

import pytest


@pytest.fixture
def nightly(stratus, airflow_database):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(Path(__file__).parent / "dags"))
    assert bag.import_errors == {}
    return bag.dags["nightly"]


def test_a_dag_runs_its_job(nightly, stratus):
    assert nightly.test().state == "success"
    assert stratus.runs("Build")[0]["status_humanized"] == "Success"
    assert any("apache-airflow-providers-dbt-cloud" in (entry["user_agent"] or "") for entry in stratus.journal)


def test_a_dag_survives_a_burst_of_503(nightly, stratus):
    stratus.fail_next("bad_gateway", times=2, status=503, method="GET")
    assert nightly.test().state == "success"
    assert [entry["status"] for entry in stratus.journal if entry["fault"]] == [503, 503]
