"""
Makes Airflow ready: its database schema, the connections to Stratus, the pool, and the administrator's password.

Runs at every start and changes nothing that is as it should be.
"""

import json
import os
import subprocess
from pathlib import Path

# Of dags/parallel_projects.py. Whoever changes its slots later keeps them.
POOL = ("stratus", "2", "Runs of dbt at the same time")
CONNECTIONS = Path(os.environ["AIRFLOW_HOME"], "stratus", "connections.json")


def main() -> None:
    subprocess.run(["airflow", "db", "migrate"], check=True)
    subprocess.run(["airflow", "connections", "import", "--overwrite", str(CONNECTIONS)], check=True)
    if subprocess.run(["airflow", "pools", "get", POOL[0]], check=False, capture_output=True).returncode != 0:
        subprocess.run(["airflow", "pools", "set", *POOL], check=True)
    write_passwords(Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]))


def write_passwords(file: Path) -> None:
    names = [user.split(":")[0] for user in os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"].split(",")]
    passwords = dict.fromkeys(names, os.environ["AIRFLOW_ADMIN_PASSWORD"])
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords))


if __name__ == "__main__":
    main()
