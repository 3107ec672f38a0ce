"""
Tell the run which task asked for it, for lineage that reaches from the DAG to each model.

With `apache-airflow-providers-openlineage` and a transport configured, Airflow sends events for every model and test
that a run has built, with inputs, outputs and columns, whichever DAG of this folder started it. What this one adds is
the other direction: `openlineage_inject_parent_job_info` makes the run's cause OpenLineage's ids of the task. Stratus
keeps them with the run and hands them to dbt as `OPENLINEAGE_PARENT_ID`. Without the OpenLineage provider the cause
stays Airflow's sentence.

Needs: the connection `dbt_cloud_default`; dbt Cloud provider 4.10 (older ones may not know the argument).
Parameters: `job_id`, the job to run.
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="with_lineage",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "lineage"],
):
    DbtCloudRunJobOperator(
        task_id="run_job",
        job_id="{{ params.job_id }}",
        openlineage_inject_parent_job_info=True,
        check_interval=5,
        timeout=3600,
    )
