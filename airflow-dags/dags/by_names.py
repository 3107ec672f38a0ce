"""
Name the job instead of knowing its id.

The operator finds the job by the names of its project, its environment and its own, before each run, so that the same
DAG works against several installations whose ids differ. Exactly one job must match; none or two fail the task.

Needs: the connection `dbt_cloud_default`.
Parameters: `project`, `environment`, `job`: the three names, as `stratus.yml` has them.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="by_names",
    doc_md=__doc__,
    schedule=None,
    params={
        "project": Param("Coffee Roastery", type="string"),
        "environment": Param("Production", type="string"),
        "job": Param("Build", type="string"),
    },
    tags=["stratus", "jobs"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        project_name="{{ params.project }}",
        environment_name="{{ params.environment }}",
        job_name="{{ params.job }}",
        check_interval=5,
        timeout=3600,
    )
