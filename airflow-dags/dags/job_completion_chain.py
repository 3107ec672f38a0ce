"""
Run a job that starts another one by its end, and wait for both.

The second job has a `job_completion_trigger_condition` that names the first: the server starts it when a run of the
first has ended as the condition says, whoever asked for that run. Airflow starts the first, looks for the run that
followed it, and waits for that. A DAG that started both itself would start the second one twice.

Needs: the connection `dbt_cloud_default`; a second job that waits for the success of the first, in `stratus.yml`:
`job_completion_trigger_condition: { condition: { job_id: 4, statuses: [10] } }`. The stacks of this project have both.
Parameters: `first_job_id`, `second_job_id`; they may be of different projects.
"""

from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
from airflow.providers.dbt.cloud.operators.dbt import DbtCloudRunJobOperator
from airflow.providers.dbt.cloud.sensors.dbt import DbtCloudJobRunSensor
from airflow.sdk import DAG, Param, PokeReturnValue, task

with DAG(
    dag_id="job_completion_chain",
    doc_md=__doc__,
    schedule=None,
    params={
        "first_job_id": Param(4, type="integer", description="Id of the job that runs first."),
        "second_job_id": Param(5, type="integer", description="Id of the job that follows it."),
    },
    tags=["stratus", "jobs"],
):
    first_job = DbtCloudRunJobOperator(
        task_id="first_job",
        job_id="{{ params.first_job_id }}",
        check_interval=5,
        timeout=3600,
    )

    @task.sensor(poke_interval=5, timeout=300, mode="poke")
    def find_second_run(first_run_id: int, params: dict) -> PokeReturnValue:
        """Finds the oldest run of the second job that some end has started since the first run was."""
        newest = {"job_definition_id": params["second_job_id"], "order_by": "-id", "limit": 20}
        answer = DbtCloudHook().get_job_runs(payload={**newest, "include_related": ["trigger"]})
        followers = [
            run["id"]
            for run in answer.json()["data"]
            if run["id"] > first_run_id and run["trigger"]["cause_category"] == "job completion"
        ]
        return PokeReturnValue(is_done=bool(followers), xcom_value=min(followers, default=None))

    wait_for_second_run = DbtCloudJobRunSensor(
        task_id="wait_for_second_run",
        run_id=find_second_run(first_job.output),
        poke_interval=5,
        timeout=3600,
    )
