"""
Extract, then dbt, then what uses dbt's tables: three DAGs joined by assets.

No DAG names another. `asset_pipeline` (extract) updates the asset `receipts`; the dbt DAG is scheduled on that and
updates `sales_marts` when its run has succeeded; the report is scheduled on those. A run that fails updates nothing, so
nothing is reported. The asset's event carries the run's id and its address.

Needs: the connection `dbt_cloud_default`. Trigger `asset_pipeline`; the other two follow by themselves.
Parameters: `job_id` of `asset_pipeline_dbt`, the job to run (1; change its default for another one).
"""

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Asset, Metadata, Param, task

receipts = Asset("roastery_receipts")
sales_marts = Asset("roastery_sales_marts")

with DAG(dag_id="asset_pipeline", doc_md=__doc__, schedule=None, tags=["stratus", "assets"]):

    @task(outlets=[receipts])
    def extract() -> str:
        """Stands for what loads the raw tables."""
        return "receipts are loaded"

    extract()

with DAG(
    dag_id="asset_pipeline_dbt",
    doc_md=__doc__,
    schedule=[receipts],
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "assets"],
):
    run_job = DbtCloudRunJobOperator(task_id="run_job", job_id="{{ params.job_id }}", check_interval=5, timeout=3600)

    @task(outlets=[sales_marts])
    def announce(dbt_run_id: int, ti=None):
        url = ti.xcom_pull(task_ids="run_job", key="job_run_url")
        yield Metadata(sales_marts, {"run_id": dbt_run_id, "url": url})

    announce(run_job.output)

with DAG(dag_id="asset_pipeline_report", doc_md=__doc__, schedule=[sales_marts], tags=["stratus", "assets"]):

    @task(inlets=[sales_marts])
    def report(triggering_asset_events=None) -> int:
        """Which run of dbt made the tables that the report reads."""
        return triggering_asset_events[sales_marts][-1].extra["run_id"]

    report()
