"""The projects through Stratus: the stock operator, and once with its own interval of 60 s, where held polls matter."""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG

JOBS = {"coffee": 1, "wide": 2}

for project, job_id in JOBS.items():
    with DAG(dag_id=f"operator_{project}", schedule=None):
        DbtCloudRunJobOperator(task_id="build", job_id=job_id, check_interval=1, timeout=600)

with DAG(dag_id="operator_default_interval", schedule=None):
    DbtCloudRunJobOperator(task_id="build", job_id=JOBS["coffee"], timeout=600)
