"""Clients that are programs or libraries of their own, each called as its documentation says."""

import os
import subprocess
import sys

import pytest
import requests


@pytest.fixture(scope="session")
def call(target):
    """Runs a program of this environment with the given variables, as a shell would; gives what it printed."""

    def run(*command, expect=0, cwd=None, **variables):
        program = os.path.join(os.path.dirname(sys.executable), command[0])
        # Wide, so that tables are not cut; nothing of a dbt Cloud that the user has.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
        environment = target.trust({**environment, "COLUMNS": "250", **variables})
        result = subprocess.run(
            [program, *map(str, command[1:])], env=environment, cwd=cwd, capture_output=True, text=True, timeout=180
        )
        assert result.returncode == expect, f"{result.stdout}\n{result.stderr}"
        return result

    return run


@pytest.fixture
def scratch_project(target):
    """A project with an environment, made for one test and deleted after it."""
    headers = {"Authorization": f"Token {target.token}"}
    made = requests.post(target.path("v3", "projects/"), json={"name": "Scratch"}, headers=headers, timeout=30)
    assert made.status_code == 201, made.text
    project_id = made.json()["data"]["id"]
    path = target.path("v3", f"projects/{project_id}/")
    body = {"name": "Scratch", "type": "deployment"}
    environment = requests.post(f"{path}environments/", json=body, headers=headers, timeout=30)
    assert environment.status_code == 201, environment.text
    yield project_id, environment.json()["data"]["id"]
    requests.delete(path, headers=headers, timeout=30)
