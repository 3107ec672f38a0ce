"""Checks that Airflow and a provider that can reach Stratus are installed."""

from __future__ import annotations

import importlib
import re
import sys
from importlib.metadata import PackageNotFoundError, version

from airflow_doctor.failures import describe
from airflow_doctor.report import Report, Stop

PROVIDER = "apache-airflow-providers-dbt-cloud"
# Older ones make <host>.getdbt.com of the host.
OLDEST_PROVIDER = (2, 3, 1)


def check_installation(report: Report) -> None:
    python = f"{sys.executable} (Python {sys.version.split()[0]})"
    install = f"{sys.executable} -m pip install --upgrade {PROVIDER}"
    airflow = installed("apache-airflow")
    if airflow is None:
        cure = "Name the Python of Airflow's environment with --python, or activate that environment."
        report.fail("Airflow", f"not installed for {python}", cure)
        raise Stop
    provider = installed(PROVIDER)
    if provider is None:
        report.fail("provider", f"{PROVIDER} is not installed for {python}", install)
        raise Stop
    if tuple(int(part) for part in re.findall(r"\d+", provider)[:3]) < OLDEST_PROVIDER:
        oldest = ".".join(map(str, OLDEST_PROVIDER))
        detail = f"{provider} makes <host>.getdbt.com of the connection's host and cannot reach a server of your own"
        report.fail("provider", detail, f"{oldest} or newer is needed: {install}")
        raise Stop
    import_whole(report, "Airflow", airflow, "airflow.models")
    import_whole(report, "provider", provider, "airflow.providers.dbt.cloud.operators.dbt")
    report.ok("Airflow", f"{airflow}, {python}")
    report.ok("provider", f"{PROVIDER} {provider}")


def installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def import_whole(report: Report, subject: str, number: str, module: str) -> None:
    try:
        importlib.import_module(module)
    except Exception as error:
        report.fail(
            subject, f"{number} cannot be imported: {describe(error)}", "Mend what it says, or install it anew."
        )
        raise Stop from None
