"""The fixtures. `stratus` is for tests; `stratus_project` says what its server runs, and may be overridden."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_stratus.process import started
from pytest_stratus.server import Stratus


def pytest_addoption(parser: pytest.Parser) -> None:
    message = "folder with a stratus.yml or a dbt project, for the fixture stratus (default: where pytest.ini is)"
    parser.addini("stratus_project", message, default=".")
    parser.getgroup("stratus").addoption("--stratus-project", help=message)


@pytest.fixture(scope="session")
def stratus_project(pytestconfig: pytest.Config) -> Path:
    """The folder that the server is started with."""
    chosen = pytestconfig.getoption("--stratus-project")
    if chosen is not None:
        return Path(pytestconfig.invocation_params.dir, chosen)
    return Path(pytestconfig.rootpath, pytestconfig.getini("stratus_project"))


@pytest.fixture(scope="session")
def stratus_server(stratus_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stratus]:
    """One server for all tests. While it runs, the environment leads Airflow to it."""
    with started(stratus_project, tmp_path_factory.mktemp("stratus")) as ready:
        server = Stratus(ready)
        hosts = [host for host in os.environ.get("NO_PROXY", "").split(",") if host]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in server.environment.items():
                patch.setenv(name, value)
            patch.setenv("NO_PROXY", ",".join([*hosts, "localhost", "127.0.0.1"]))
            yield server


@pytest.fixture
def stratus(stratus_server: Stratus) -> Iterator[Stratus]:
    """The server, without faults and with an empty journal. Runs of earlier tests are still there."""
    stratus_server.reset()
    yield stratus_server
    stratus_server.reset()
