"""
Black-box tests with Airflow's own dbt Cloud provider against a running server.

They import nothing of the server: all they know is the ready file named by STRATUS_READY_FILE, and the jobs of
scripts/lib/compat-project.mjs behind it.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

import pytest
import requests

READY_FILE = os.environ.get("STRATUS_READY_FILE")
if not READY_FILE:
    raise pytest.UsageError("STRATUS_READY_FILE must name the ready file of a running server (scripts/compat.mjs).")
with open(READY_FILE, encoding="utf-8") as file:
    READY = json.load(file)

# Before anything of Airflow is imported: a home of its own, and nothing of the user's Airflow.
DAGS_FOLDER = os.path.join(os.path.dirname(__file__), "dags")
AIRFLOW_HOME = tempfile.mkdtemp(prefix="stratus-compat-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
    del os.environ[name]
os.environ.update(
    AIRFLOW_HOME=AIRFLOW_HOME,
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=DAGS_FOLDER,
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT=READY["airflow_connection"],
    REQUESTS_CA_BUNDLE=READY["ca_bundle_file"],
    SSL_CERT_FILE=READY["ca_bundle_file"],
    NO_PROXY="localhost,127.0.0.1",
)

from airflow.dag_processing.dagbag import DagBag  # noqa: E402
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook  # noqa: E402
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator  # noqa: E402
from airflow.sdk import DAG  # noqa: E402


class TaskInstance:
    """What an operator uses of its task instance when it is executed without a scheduler."""

    def __init__(self, try_number=1):
        self.try_number = try_number
        self.xcoms = {}

    def xcom_push(self, key, value):
        self.xcoms[key] = value


@pytest.fixture
def ready():
    return SimpleNamespace(**READY)


@pytest.fixture
def jobs():
    """The ids of the jobs by their names."""
    environments = [environment for project in READY["projects"] for environment in project["environments"]]
    return {job["name"]: job["id"] for environment in environments for job in environment["jobs"]}


@pytest.fixture
def hook():
    return DbtCloudHook()


@pytest.fixture
def connect(monkeypatch):
    """Defines another connection: the good one with some fields changed."""

    def define(**changes):
        fields = {**json.loads(READY["airflow_connection"]), **changes}
        monkeypatch.setenv("AIRFLOW_CONN_OTHER", json.dumps(fields))
        return "other"

    return define


@pytest.fixture
def make_operator():
    """Makes a DbtCloudRunJobOperator in a DAG, as a DAG file would."""

    def make(**arguments):
        with DAG(dag_id="compat", schedule=None):
            return DbtCloudRunJobOperator(**{"task_id": "run_job", "check_interval": 1, "timeout": 120, **arguments})

    return make


@pytest.fixture
def execute():
    """Executes an operator and gives its result and its task instance."""

    def run(operator, try_number=1):
        instance = TaskInstance(try_number)
        result = operator.execute({"ti": instance, "task_instance": instance})
        return result, instance

    return run


@pytest.fixture
def read_run(hook):
    """Reads a run with its job, trigger and steps."""

    def read(run_id):
        return hook.get_job_run(run_id, include_related=["job", "trigger", "run_steps"]).json()["data"]

    return read


@pytest.fixture
def wait_for_status():
    """Waits until a run has one of the statuses; asks under no name, since the server may let Airflow's polls wait."""
    url = f"{READY['url']}/api/v2/accounts/{READY['account_id']}/runs"
    headers = {"Authorization": f"Token {READY['token']}"}

    def wait(run_id, *statuses, timeout=60):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            status = requests.get(f"{url}/{run_id}/", headers=headers, timeout=30).json()["data"]["status"]
            if status in statuses:
                return status
            time.sleep(0.1)
        raise AssertionError(f"run {run_id} has status {status} after {timeout} s, not one of {statuses}")

    return wait


@pytest.fixture
def task_log(capfd):
    """What the provider wrote into the task's log since the last call; Airflow shows it on standard output."""
    return lambda: capfd.readouterr().out


@pytest.fixture(scope="session")
def find_dag():
    """Gives a DAG of the folder dags/, with a database of Airflow's own for DAG.test()."""
    migration = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"], capture_output=True, text=True, check=False
    )
    assert migration.returncode == 0, migration.stderr
    bag = DagBag(DAGS_FOLDER)
    assert bag.import_errors == {}
    return bag.dags.__getitem__
