"""What a test does with its server."""

import json
import ssl
import time
import urllib.error
import urllib.request

from pytest_stratus.process import StratusError

SUCCESS, ERROR, CANCELLED = 10, 20, 30

FAULT_SETTINGS = {"times", "seconds", "status", "method", "path"}


class Stratus:
    """A running server, as an account's administrator sees it."""

    def __init__(self, ready: dict):
        self.url: str = ready["url"]
        self.account_id: int = ready["account_id"]
        self.token: str = ready["token"]
        self.airflow_connection: str = ready["airflow_connection"]
        self.ca_file: str = ready["ca_file"]
        self.ca_bundle_file: str = ready["ca_bundle_file"]
        self.projects: list[dict] = ready["projects"]
        self._context = ssl.create_default_context(cafile=self.ca_file)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which Airflow, or any client in Python, finds and trusts the server."""
        return {
            "AIRFLOW_CONN_DBT_CLOUD_DEFAULT": self.airflow_connection,
            "REQUESTS_CA_BUNDLE": self.ca_bundle_file,
            "SSL_CERT_FILE": self.ca_bundle_file,
        }

    @property
    def jobs(self) -> dict[str, int]:
        """The ids of the jobs by their names."""
        environments = [environment for project in self.projects for environment in project["environments"]]
        return {job["name"]: job["id"] for environment in environments for job in environment["jobs"]}

    def trigger(self, job: int | str, cause: str = "pytest", **overrides: object) -> int:
        """Starts a run of a job, by its id or name; gives the run's id."""
        return self.request("POST", f"/jobs/{self._job_id(job)}/run/", {"cause": cause, **overrides})["id"]

    def run(self, run_id: int) -> dict:
        """A run with its steps, as the API gives it."""
        return self.request("GET", f'/runs/{run_id}/?include_related=["run_steps","job","trigger"]')

    def runs(self, job: int | str | None = None) -> list[dict]:
        """The last 100 runs, of a job if one is given, newest first."""
        chosen = "" if job is None else f"&job_definition_id={self._job_id(job)}"
        return self.request("GET", f"/runs/?order_by=-id&limit=100{chosen}")

    def wait_for_run(self, run_id: int, timeout: float = 60) -> dict:
        """Waits until a run has ended, and gives it."""
        deadline = time.monotonic() + timeout
        while not (run := self.run(run_id))["is_complete"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Run {run_id} is {run['status_humanized']} after {timeout:g} s.")
            time.sleep(0.05)
        return run

    def fail_next(self, kind: str, **settings: object) -> None:
        """Sets a fault that the next fitting request meets: `fail_next("bad_gateway", times=2, status=503)`."""
        if unknown := sorted(set(settings) - FAULT_SETTINGS):
            raise StratusError(
                f"A fault has no setting {', '.join(unknown)}. It has: {', '.join(sorted(FAULT_SETTINGS))}."
            )
        self.request("POST", "/api/stratus/v1/simulation/", {"faults": [{"kind": kind, **settings}]})

    @property
    def faults(self) -> list[dict]:
        """The faults that are set and not over."""
        return self.request("GET", "/api/stratus/v1/simulation/")["faults"]

    @property
    def journal(self) -> list[dict]:
        """The requests of this test so far, but for those of this object, oldest first."""
        entries = self.request("GET", "/api/stratus/v1/simulation/")["journal"]
        return [entry for entry in entries if entry["user_agent"] != USER_AGENT]

    def reset(self) -> None:
        """Removes the faults and empties the journal; runs stay."""
        self.request("DELETE", "/api/stratus/v1/simulation/")

    def _job_id(self, job: int | str) -> int:
        if not isinstance(job, str):
            return job
        if job in self.jobs:
            return self.jobs[job]
        known = "".join(f"\n  {job_id}  {name}" for name, job_id in self.jobs.items())
        raise StratusError(f'There is no job "{job}". The server has:{known or " none"}')

    def request(self, method: str, path: str, body: object = None):
        """The `data` of an answer. A path that does not begin with /api is one of the account, in version 2."""
        place = path if path.startswith("/api/") else f"/api/v2/accounts/{self.account_id}{path}"
        request = urllib.request.Request(
            self.url + place.replace('"', "%22"),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Token {self.token}",
                "Content-Type": "application/json",
                "User-Agent": USER_AGENT,
                # Faults are for what is tested.
                "X-Stratus-No-Faults": "1",
            },
        )
        # Whatever proxy the machine has, this server is on it.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context)
        )
        try:
            with opener.open(request, timeout=60) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:2000]
            raise StratusError(f"{method} {place} was answered with {error.code}: {said}") from error


USER_AGENT = "pytest-stratus"
