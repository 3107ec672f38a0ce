"""What docs/testing-dags.md shows is done, file by file and word by word, and its test passes."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "testing-dags.md"
BLOCK = re.compile(r"```(?:yaml|python)\n# (?P<name>[\w./-]+)\n(?P<code>.*?)```", re.S)
COMMANDS = re.compile(r"```sh\n(?P<commands>export AIRFLOW.*?)```", re.S)


def test_the_ten_lines_of_the_documentation(tmp_path):
    page = DOCS.read_text(encoding="utf-8")
    files = {found["name"]: found["code"] for found in BLOCK.finditer(page)}
    assert set(files) == {"tests/stratus.yml", "dags/nightly.py", "tests/test_nightly.py", ".github/workflows/dags.yml"}
    for name, code in files.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")
    assert len(files["tests/test_nightly.py"].strip().splitlines()) <= 10
    commands = COMMANDS.search(page)["commands"]
    # A CI does the same, with its own word for the folder.
    setting, *run = commands.strip().splitlines()
    workflow = files[".github/workflows/dags.yml"]
    assert all(f"- run: {command}\n" in workflow for command in run)
    assert setting == "export AIRFLOW__CORE__DAGS_FOLDER=$PWD/dags"
    assert "env: { AIRFLOW__CORE__DAGS_FOLDER: '${{ github.workspace }}/dags' }" in workflow
    done = subprocess.run(
        ["bash", "-ec", commands],
        cwd=tmp_path / "project",
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert "2 passed" in done.stdout


def environment(folder):
    """As on a new machine: nothing of the settings that the other tests have; the fixture as if it were installed."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return {
        **rest,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), rest["PATH"]]),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
        "PYTEST_ADDOPTS": "-p pytest_stratus.plugin -p no:cacheprovider",
    }
