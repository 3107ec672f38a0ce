"""
The health check of an Airflow container: asks the API server how the named component is.

Airflow's own `airflow jobs check` loads all of Airflow for each question, which costs seconds of CPU time every
time; this costs milliseconds.
"""

import json
import os
import sys
from urllib.parse import urljoin
from urllib.request import urlopen

COMPONENTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


def main() -> str | None:
    component = sys.argv[1]
    if component not in COMPONENTS:
        return f"expected one of {', '.join(COMPONENTS)}"
    # Every Airflow container knows this address, because its tasks report there.
    api = os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    try:
        with urlopen(urljoin(api, "/api/v2/monitor/health"), timeout=8) as response:
            status = json.load(response)[component]["status"]
    except OSError as error:
        return f"unhealthy: {error}"
    return None if status == "healthy" else f"unhealthy: {component} is {status}"


if __name__ == "__main__":
    sys.exit(main())
