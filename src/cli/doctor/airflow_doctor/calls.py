"""Asks the server in both of the ways in which the provider does."""

from __future__ import annotations

import asyncio

from airflow_doctor.failures import fail_by_error, fail_by_status, trust_of_aiohttp, trust_of_requests, words_of
from airflow_doctor.report import TIMEOUT_SECONDS, Report


def check_sync_call(report: Report, conn_id: str, account: str) -> None:
    """As operators, sensors and hooks ask: with requests."""
    from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook

    subject = "call of an operator (requests)"
    try:
        DbtCloudHook(conn_id).get_account()
    except Exception as error:
        response = getattr(error.__context__, "response", None)
        if response is not None:
            fail_by_status(report, subject, response.status_code, words_of(response), account)
        else:
            fail_by_error(report, subject, error, trust_of_requests())
        return
    report.ok(subject, f"account {account} answered")


def check_async_call(report: Report, conn_id: str) -> None:
    """As the triggerer asks for deferrable operators: with aiohttp, for a run."""
    from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook

    subject = "call of the triggerer (aiohttp)"

    async def ask() -> None:
        # There is no run 0: that is an answer, and none that a server would hold back.
        await asyncio.wait_for(DbtCloudHook(conn_id).get_job_details(run_id=0), TIMEOUT_SECONDS)

    try:
        asyncio.run(ask())
    except Exception as error:
        status = getattr(error, "status", None)
        if status is None:
            fail_by_error(report, subject, error, trust_of_aiohttp())
            return
        if status in (401, 403):
            fail_by_status(report, subject, status, "", "")
            return
    report.ok(subject, "answered")
