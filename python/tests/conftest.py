"""An Airflow home of the tests' own, before anything of Airflow is imported."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HOME = tempfile.mkdtemp(prefix="pytest-stratus-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
    del os.environ[name]
os.environ.update(
    AIRFLOW_HOME=HOME,
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=str(Path(__file__).parent / "dags"),
)


@pytest.fixture(scope="session")
def stratus_project():
    return Path(__file__).parent / "project"


@pytest.fixture(scope="session")
def airflow_database():
    """What DAG.test() writes to."""
    migrated = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"], capture_output=True, text=True, check=False
    )
    assert migrated.returncode == 0, migrated.stderr[-4000:]
