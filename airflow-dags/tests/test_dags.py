"""Every DAG of this project can be imported, says what it shows, and uses nothing but stock providers."""

import ast
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.models import DagBag

DAGS_FOLDER = Path(__file__).parents[1] / "dags"
FILES = sorted(DAGS_FOLDER.rglob("*.py"))
README = Path(__file__).parents[1] / "README.md"

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.fixture(scope="module")
def dag_bag():
    return DagBag(DAGS_FOLDER)


@pytest.fixture
def dags_of(dag_bag):
    def find(file):
        return [dag for dag in dag_bag.dags.values() if Path(dag.fileloc) == file]

    return find


def test_there_are_dags():
    assert FILES


def test_no_file_fails_to_import(dag_bag):
    assert dag_bag.import_errors == {}


@each_file
def test_a_file_is_named_after_its_dag_and_documented(dags_of, file):
    dags = dags_of(file)
    assert file.stem in {dag.dag_id for dag in dags}
    for dag in dags:
        assert dag.dag_id.startswith(file.stem)
        assert dag.doc_md and dag.doc_md.strip()
        assert dag.tasks


@each_file
def test_a_file_begins_with_what_it_shows_and_needs(file):
    tree = ast.parse(file.read_text())
    docstring = ast.get_docstring(tree)
    assert docstring, "the first thing in the file is its docstring"
    title, _, rest = docstring.partition("\n")
    assert title.endswith(".")
    assert rest.startswith("\n")
    assert "\nNeeds: " in docstring
    assert "\nParameters: " in docstring


@each_file
def test_every_parameter_is_in_the_docstring(dags_of, file):
    for dag in dags_of(file):
        for name in dag.params:
            assert f"`{name}`" in dag.doc_md


@each_file
def test_a_dag_can_be_found_by_its_tags(dags_of, file):
    for dag in dags_of(file):
        assert "stratus" in dag.tags
        assert len(dag.tags) >= 2


@each_file
def test_a_dag_has_no_cycles(dags_of, file):
    for dag in dags_of(file):
        waiting = {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}
        while waiting:
            ready = {name for name, upstream in waiting.items() if not upstream & waiting.keys()}
            assert ready, f"{dag.dag_id}: a cycle among {sorted(waiting)}"
            for name in ready:
                del waiting[name]


@each_file
def test_no_dag_starts_by_itself(dags_of, file):
    """Whoever mounts this folder is not surprised by runs: what has a clock is paused at first."""
    for dag in dags_of(file):
        has_clock = isinstance(dag.schedule, (str, timedelta))
        assert not has_clock or dag.is_paused_upon_creation


@each_file
def test_the_readme_lists_it(file):
    assert f"`{file.stem}`" in README.read_text()


@each_file
def test_a_dag_needs_nothing_but_airflow_and_its_providers(file):
    allowed = {"airflow", "requests", *sys.stdlib_module_names}
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] in allowed, f"{file.name} imports {name}"
