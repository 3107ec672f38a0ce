"""
Read what dbt did, node by node, and go on accordingly.

After the run, failed or not, the branch reads its `run_results.json` and counts outcomes: with everything well the
`publish` side goes on, otherwise the `hold_back` side, with the nodes that were not well. Artifacts of failed runs are
there, too, so that a failed run need not end the DAG.

The hook reads the artifact inside the task that needs it. `DbtCloudGetJobRunArtifactOperator` would write it to a file
on the worker's own disk, where the next task finds it only if all workers share one.

Needs: the connection `dbt_cloud_default`.
Parameters: `job_id`, the job to run.
"""

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.sdk import DAG, Param, TriggerRule, task

WELL = {"success", "pass", "no-op"}

with DAG(
    dag_id="branch_on_results",
    doc_md=__doc__,
    schedule=None,
    params={"job_id": Param(1, type="integer", description="Id of the job to run.")},
    tags=["stratus", "artifacts"],
):
    run_job = DbtCloudRunJobOperator(
        task_id="run_job", job_id="{{ params.job_id }}", check_interval=5, timeout=3600, retries=0
    )

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def read_results(ti=None) -> dict[str, str]:
        """The nodes that were not well, with their statuses."""
        # Known as soon as the run is started; the task's return value only when it succeeded.
        run_id = ti.xcom_pull(task_ids="run_job", key="job_run_id")
        results = DbtCloudHook().get_job_run_artifact(run_id, "run_results.json").json()["results"]
        return {node["unique_id"]: node["status"] for node in results if node["status"] not in WELL}

    @task.branch
    def decide(not_well: dict[str, str]) -> str:
        return "hold_back" if not_well else "publish"

    @task
    def publish() -> str:
        return "everything was built and tested"

    @task
    def hold_back(not_well: dict[str, str]) -> str:
        return ", ".join(f"{name}: {status}" for name, status in sorted(not_well.items()))

    results = read_results()
    run_job >> results
    decide(results) >> [publish(), hold_back(results)]
