"""
Build one day at a time, and any range of past days with Airflow's backfill.

Each run hands its day to dbt as the variable `day`, and the model builds that day alone, for example:

    {{ config(materialized='incremental', unique_key='sold_on') }}
    select … from {{ ref('sales') }} where sold_on = cast('{{ var("day") }}' as date)

`airflow backfill create --dag-id backfill_with_vars --from-date 2026-01-01 --to-date 2026-01-31` repeats a month. Days
do not overtake one another (`max_active_runs=1`), because they write the same table.

Needs: the connection `dbt_cloud_default`, and a model that uses the variable. The DAG is paused until you unpause it.
Parameters: `job_id`, a job of the project; `select`, the model to build.
"""

from datetime import datetime, timezone

from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="backfill_with_vars",
    doc_md=__doc__,
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    # The only DAG here that would start by itself.
    is_paused_upon_creation=True,
    params={
        "job_id": Param(1, type="integer", description="Id of a job of the project."),
        "select": Param("daily_sales", type="string", description="What to build for the day."),
    },
    tags=["stratus", "backfill"],
):
    DbtCloudRunJobOperator(
        task_id="build_day",
        job_id="{{ params.job_id }}",
        steps_override=["dbt build --select {{ params.select }} --vars '{day: {{ ds }}}'"],
        trigger_reason="{{ dag.dag_id }} for {{ ds }}",
        check_interval=5,
        timeout=3600,
    )
