"""
Run a job with other steps, another schema or other threads, chosen when the DAG is triggered.

The three fields are forwarded as `steps_override`, `schema_override` and `threads_override`; empty ones leave what the
job says. The job itself is not changed. `render_template_as_native_obj` keeps lists lists and numbers numbers.

Needs: the connection `dbt_cloud_default`.
Parameters: `job_id`, the job to run; `steps`, dbt commands instead of its own; `schema`, where to build; `threads`.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="overrides",
    doc_md=__doc__,
    schedule=None,
    render_template_as_native_obj=True,
    params={
        "job_id": Param(1, type="integer", description="Id of the job to run."),
        "steps": Param(None, type=["null", "array"], items={"type": "string"}, description="One command a line."),
        "schema": Param(None, type=["null", "string"], description="For a trial beside production, for example."),
        "threads": Param(None, type=["null", "integer"], minimum=1),
    },
    tags=["stratus", "jobs"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        job_id="{{ params.job_id }}",
        steps_override="{{ params.steps }}",
        schema_override="{{ params.schema }}",
        additional_run_config={"threads_override": "{{ params.threads }}"},
        check_interval=5,
        timeout=3600,
    )
