"""Which server is tested and how it is reached: an URL, tokens, an account and a CA are all that the tests know."""

import os
from dataclasses import dataclass

import requests


@dataclass(frozen=True)
class Target:
    url: str
    # May do everything in the account.
    token: str
    # Holds job_admin, which is what a client that runs jobs is given.
    job_token: str
    account_id: int
    # Certificates to trust; None: those that the system trusts.
    ca_file: str | None

    @property
    def host(self):
        return self.url.split("://", 1)[1]

    def trust(self, environment):
        """Makes Python's HTTP libraries trust the server: requests reads one variable, ssl (aiohttp, httpx) another."""
        environment["NO_PROXY"] = "localhost,127.0.0.1"
        if self.ca_file:
            environment.update(REQUESTS_CA_BUNDLE=self.ca_file, SSL_CERT_FILE=self.ca_file)
        return environment

    def path(self, version, rest=""):
        return f"{self.url}/api/{version}/accounts/{self.account_id}/{rest}"

    def read(self, version, rest, **params):
        """Everything of a list, page by page."""
        found = []
        while True:
            answer = requests.get(
                self.path(version, rest),
                params={**params, "limit": 100, "offset": len(found)},
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=30,
            )
            answer.raise_for_status()
            body = answer.json()
            found += body["data"]
            if not body["data"] or len(found) >= body["extra"]["pagination"]["total_count"]:
                return found


def from_environment(environment=os.environ):
    names = ["STRATUS_COMPAT_URL", "STRATUS_COMPAT_TOKEN", "STRATUS_COMPAT_ACCOUNT_ID"]
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise RuntimeError(
            f"{', '.join(missing)} must say which server to test; `node scripts/compat/compat.mjs` starts one."
        )
    url, token, account_id = (environment[name] for name in names)
    return Target(
        url=url.rstrip("/"),
        token=token,
        job_token=environment.get("STRATUS_COMPAT_JOB_TOKEN") or token,
        account_id=int(account_id),
        ca_file=environment.get("STRATUS_COMPAT_CA_FILE"),
    )
