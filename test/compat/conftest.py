"""
Black-box tests with the clients of dbt Cloud, against a running server.

They import nothing of the server. The account that they are pointed at holds the projects and jobs of
scripts/compat/project.mjs, and nothing else.
"""

import os
import time

import pytest
import requests
from report import Report
from target import from_environment

TARGET = from_environment()
TARGET.trust(os.environ)


def pytest_configure(config):
    if file := os.environ.get("STRATUS_COMPAT_REPORT"):
        config.pluginmanager.register(Report(file))


@pytest.fixture(scope="session")
def target():
    return TARGET


@pytest.fixture(scope="session")
def projects():
    """The ids of the projects by their names."""
    return {project["name"]: project["id"] for project in TARGET.read("v3", "projects/")}


@pytest.fixture(scope="session")
def environments(projects):
    """The ids of the environments of the project Checks by their names."""
    found = TARGET.read("v3", f"projects/{projects['Checks']}/environments/")
    return {environment["name"]: environment["id"] for environment in found}


@pytest.fixture(scope="session")
def jobs(projects):
    """The ids of the jobs of the project Checks by their names."""
    return {job["name"]: job["id"] for job in TARGET.read("v2", "jobs/", project_id=projects["Checks"])}


@pytest.fixture(scope="session")
def wait_for_status():
    """Waits until a run has one of the statuses; asks under no name, since the server may let Airflow's polls wait."""

    def wait(run_id, *statuses, timeout=60):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            answer = requests.get(
                TARGET.path("v2", f"runs/{run_id}/"), headers={"Authorization": f"Token {TARGET.token}"}, timeout=30
            )
            status = answer.json()["data"]["status"]
            if status in statuses:
                return status
            time.sleep(0.1)
        raise AssertionError(f"run {run_id} has status {status} after {timeout} s, not one of {statuses}")

    return wait
