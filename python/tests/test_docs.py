"""What docs/testing-dags.md shows is done, file by file, and its test passes."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "testing-dags.md"
BLOCK = re.compile(r"```(?:yaml|python)\n# (?P<name>[\w./-]+)\n(?P<code>.*?)```", re.S)


def test_the_ten_lines_of_the_documentation(tmp_path, airflow_database):
    files = {found["name"]: found["code"] for found in BLOCK.finditer(DOCS.read_text(encoding="utf-8"))}
    assert set(files) == {"tests/stratus.yml", "dags/nightly.py", "tests/test_nightly.py", ".github/workflows/dags.yml"}
    for name, code in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")
    assert len(files["tests/test_nightly.py"].strip().splitlines()) <= 10
    source = str(Path(__file__).parents[1] / "src")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "pytest_stratus.plugin", "-p", "no:cacheprovider", "-q"]
        + ["--stratus-project", "tests", "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([source, str(tmp_path)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert "2 passed" in done.stdout
