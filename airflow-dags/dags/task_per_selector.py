"""
One Airflow task for each part of the dbt project.

Every task runs the same job with `steps_override`, so that Airflow's grid shows, times and retries each part on its
own, and other tasks can depend on one of them. Parts are what `dbt build --select` understands: folders, tags, groups.
With a `selectors.yml`, write `dbt build --selector name` instead.

Runs of one job follow one another, also on dbt Cloud, and each is a start of dbt: take a handful of parts, not one for
each model.

Needs: the connection `dbt_cloud_default`; the sample project, or your own parts below.
Parameters: `job_id`, a job of that project.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param, chain

PARTS = {
    "seeds": "resource_type:seed",
    "staging": "staging",
    "marts": "marts",
}

with DAG(
    dag_id="task_per_selector",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of a job of the project.")},
    tags=["stratus", "jobs"],
):
    chain(
        *(
            DbtCloudRunJobOperator(
                task_id=part,
                job_id="{{ params.job_id }}",
                steps_override=[f"dbt build --select {selector}"],
                check_interval=5,
                timeout=3600,
            )
            for part, selector in PARTS.items()
        )
    )
