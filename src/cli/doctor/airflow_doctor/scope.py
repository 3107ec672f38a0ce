"""Checks that the token may do what the operator needs."""

from __future__ import annotations

from airflow_doctor.failures import fail_by_status, words_of
from airflow_doctor.report import TIMEOUT_SECONDS, Report


def check_scope(report: Report, host: str, connection, proxies: dict) -> None:
    """What the operator needs beside an answer: to read runs and jobs, and to start runs."""
    import requests

    def ask(method: str, path: str, body: dict | None = None):
        headers = {"Authorization": f"Token {connection.password}"}
        where = f"https://{host}/api/{path}"
        return requests.request(method, where, headers=headers, json=body, proxies=proxies, timeout=TIMEOUT_SECONDS)

    server = ask("GET", "stratus/v1/server/")
    if server.status_code != 200:
        detail = "not tried, because it is not Stratus that answers there"
        report.warn("token", detail, "dbt Cloud's Job Admin is what the operator needs.")
        return
    account = f"v2/accounts/{connection.login}"
    for path in (f"{account}/runs/?limit=1", f"{account}/jobs/?limit=1"):
        response = ask("GET", path)
        if not response.ok:
            fail_by_status(report, "token", response.status_code, words_of(response), connection.login)
            return
    jobs = response.json()["data"]
    if not jobs:
        report.warn("token", "it sees no job, so that nothing can be said of starting one", "stratus apply")
        return
    # No run has -1 threads: who may start one hears that (400), who may not hears so first (403).
    response = ask("POST", f"{account}/jobs/{jobs[0]['id']}/run/", {"cause": "doctor", "threads_override": -1})
    if response.status_code != 400:
        fail_by_status(report, "token", response.status_code, words_of(response), connection.login)
        return
    report.ok("token", f"may read and start runs (Stratus {server.json()['data']['version']})")
