"""
The same projects with Cosmos in local execution mode, a task for each node, tests with their model. (Airflow looks for
DAGs only in files that have both words.)

As its documentation recommends for speed: the DAG from a manifest, and dbt from an environment of its own. DuckDB takes
one writing process, so that no two tasks may run at the same time.
"""

import os

from cosmos import DbtDag, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, InvocationMode, LoadMode, TestBehavior

for project in ("coffee", "wide"):
    folder = os.path.join(os.environ["BENCH_PROJECTS"], project)
    globals()[f"cosmos_{project}"] = DbtDag(
        dag_id=f"cosmos_{project}",
        schedule=None,
        max_active_tasks=1,
        project_config=ProjectConfig(
            dbt_project_path=folder,
            manifest_path=os.path.join(folder, "target", "manifest.json"),
            install_dbt_deps=False,
        ),
        profile_config=ProfileConfig(
            profile_name=project,
            target_name="dev",
            profiles_yml_filepath=os.path.join(folder, "profiles.yml"),
        ),
        execution_config=ExecutionConfig(
            execution_mode=ExecutionMode.LOCAL,
            invocation_mode=InvocationMode.SUBPROCESS,
            dbt_executable_path=os.environ["BENCH_DBT"],
        ),
        render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST, test_behavior=TestBehavior.BUILD),
        default_args={"retries": 0},
    )
