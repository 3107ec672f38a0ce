"""The same command as the jobs of Stratus, started by the task."""

import os

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

for project in ("coffee", "wide"):
    with DAG(dag_id=f"bash_{project}", schedule=None):
        BashOperator(
            task_id="build",
            bash_command=f"{os.environ['BENCH_DBT']} build",
            cwd=os.path.join(os.environ["BENCH_PROJECTS"], project),
        )
