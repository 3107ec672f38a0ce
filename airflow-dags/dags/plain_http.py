"""
Run a job over plain HTTP, where the dbt Cloud provider is not installed.

`HttpOperator` posts to `/jobs/{id}/run/` and hands on the run's id; `HttpSensor` reads `/runs/{id}/` until the run has
ended, and fails with dbt's words when the run failed. Every other tool that can send HTTP requests does the same two.

Needs: a connection `stratus_http` of type HTTP. Host: the address with its scheme, `https://stratus.example.com:8443`.
Extra: `{"Authorization": "Token …"}`, where the token is a service token.
Parameters: `job_id`, the job to run; `account_id`, whose it is.
"""

from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException

SUCCESS, ERROR, CANCELLED = 10, 20, 30


def has_succeeded(response) -> bool:
    run = response.json()["data"]
    if run["status"] in (ERROR, CANCELLED):
        # Waiting longer, or trying again, would not change it.
        raise AirflowFailException(f"Run {run['id']}: {run['status_message']}")
    return run["status"] == SUCCESS


with DAG(
    dag_id="plain_http",
    doc_md=__doc__,
    schedule=None,
    params={
        "job_id": Param(1, type="integer", description="Id of the job to run."),
        "account_id": Param(1, type="integer", description="Id of the account."),
    },
    tags=["stratus", "http"],
):
    start_job = HttpOperator(
        task_id="start_job",
        http_conn_id="stratus_http",
        method="POST",
        endpoint="/api/v2/accounts/{{ params.account_id }}/jobs/{{ params.job_id }}/run/",
        headers={"Content-Type": "application/json"},
        data='{"cause": "Triggered by task {{ task.task_id }} of {{ dag.dag_id }}"}',
        response_filter=lambda response: response.json()["data"]["id"],
    )
    wait_for_run = HttpSensor(
        task_id="wait_for_run",
        http_conn_id="stratus_http",
        endpoint="/api/v2/accounts/{{ params.account_id }}/runs/{{ ti.xcom_pull(task_ids='start_job') }}/",
        response_check=has_succeeded,
        # A run that does not exist will not come to exist.
        response_error_codes_allowlist=[],
        poke_interval=2,
        timeout=3600,
    )
    start_job >> wait_for_run
