"""
Makes Airflow ready: its database schema, the connection to Stratus, and the administrator's password.

Runs at every start and changes nothing that is as it should be.
"""

import json
import os
import subprocess
from pathlib import Path

CONNECTIONS = Path(os.environ["AIRFLOW_HOME"], "stratus", "connections.json")


def main() -> None:
    subprocess.run(["airflow", "db", "migrate"], check=True)
    subprocess.run(["airflow", "connections", "import", "--overwrite", str(CONNECTIONS)], check=True)
    write_passwords(Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]))


def write_passwords(file: Path) -> None:
    names = [user.split(":")[0] for user in os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"].split(",")]
    passwords = dict.fromkeys(names, os.environ["AIRFLOW_ADMIN_PASSWORD"])
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords))


if __name__ == "__main__":
    main()
