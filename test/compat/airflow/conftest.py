"""Airflow's own provider, pointed at the server by a connection, as a worker and a triggerer use it."""

import atexit
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile

import pytest
from target import from_environment

TARGET = from_environment()

# Before anything of Airflow is imported: a home of its own, and nothing of the user's Airflow.
DAGS_FOLDER = os.path.join(os.path.dirname(__file__), "dags")
AIRFLOW_HOME = tempfile.mkdtemp(prefix="stratus-compat-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
    del os.environ[name]
CONNECTION = {
    "conn_type": "dbt_cloud",
    "host": TARGET.host,
    "login": str(TARGET.account_id),
    "password": TARGET.job_token,
}
os.environ.update(
    AIRFLOW_HOME=AIRFLOW_HOME,
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=DAGS_FOLDER,
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT=json.dumps(CONNECTION),
)

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook  # noqa: E402
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator  # noqa: E402

PROVIDER = importlib.metadata.version("apache-airflow-providers-dbt-cloud")


def pytest_configure(config):
    config.addinivalue_line("markers", "since(version): what an older dbt Cloud provider does not have")


def pytest_runtest_setup(item):
    def numbers(version):
        return [int(part) for part in version.split(".")]

    for marker in item.iter_markers("since"):
        if numbers(PROVIDER) < numbers(marker.args[0]):
            pytest.skip("not in this provider")


class TaskInstance:
    """What an operator uses of its task instance when it is executed without a scheduler."""

    def __init__(self, try_number=1):
        self.try_number = try_number
        self.xcoms = {}

    def xcom_push(self, key, value):
        self.xcoms[key] = value


@pytest.fixture
def hook():
    return DbtCloudHook()


@pytest.fixture
def connect(monkeypatch):
    """Defines another connection: the good one with some fields changed."""

    def define(**changes):
        monkeypatch.setenv("AIRFLOW_CONN_OTHER", json.dumps({**CONNECTION, **changes}))
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
