"""Every DAG of this project can be imported, says what it shows, and uses nothing but stock providers."""

import ast
import sys
from pathlib import Path

import pytest
from airflow.models import DagBag

DAGS_FOLDER = Path(__file__).parents[1] / "dags"
FILES = sorted(DAGS_FOLDER.rglob("*.py"))


@pytest.fixture(scope="module")
def dag_bag():
    return DagBag(DAGS_FOLDER)


def test_there_are_dags():
    assert FILES


def test_no_file_fails_to_import(dag_bag):
    assert dag_bag.import_errors == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_named_after_its_dag_and_documented(dag_bag, file):
    dags = [dag for dag in dag_bag.dags.values() if Path(dag.fileloc) == file]
    assert file.stem in {dag.dag_id for dag in dags}
    for dag in dags:
        assert "stratus" in dag.tags
        assert dag.doc_md and dag.doc_md.strip()
        assert dag.tasks


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dag_needs_nothing_but_airflow_and_its_providers(file):
    allowed = {"airflow", "requests", *sys.stdlib_module_names}
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] in allowed, f"{file.name} imports {name}"
