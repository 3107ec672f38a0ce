"""
The requests of clients that are not installed here, each sent as that client sends it (path, query, headers, body), and
what it reads of the answers. Their sources were read; what is asserted is what they break without.
"""

import time

import pytest
import requests

RUN_STATUSES = {1, 2, 3, 10, 20, 30}


class Wire:
    """Sends requests as one client does: its way to authenticate, its headers, no redirect followed."""

    def __init__(self, target, headers):
        self.target = target
        self.session = requests.Session()
        self.session.headers = {"Accept": "*/*", **headers}

    def send(self, method, path, expect=200, **options):
        url = path if path.startswith("http") else f"{self.target.url}{path}"
        answer = self.session.request(method, url, allow_redirects=False, timeout=30, **options)
        assert answer.status_code == expect, f"{method} {url}: {answer.status_code} {answer.text[:500]}"
        return answer

    def get(self, path, **options):
        return self.send("GET", path, **options)

    def post(self, path, **options):
        return self.send("POST", path, **options)

    def delete(self, path, **options):
        return self.send("DELETE", path, **options)


@pytest.fixture(scope="session")
def wire(target):
    """Makes what sends a client's requests: its scheme, and its headers beside that."""

    def make(scheme, **headers):
        return Wire(target, {"Authorization": f"{scheme} {target.token}", **headers})

    return make


@pytest.fixture(scope="session")
def v2(target):
    return f"/api/v2/accounts/{target.account_id}"


@pytest.fixture(scope="session")
def v3(target):
    return f"/api/v3/accounts/{target.account_id}"


@pytest.fixture(scope="session")
def make_run(wire, v2, jobs, wait_for_status):
    """Runs a job to its end and gives the run as its trigger answered it."""

    def run(job, **body):
        answer = wire("Token").post(f"{v2}/jobs/{jobs[job]}/run/", json={"cause": "replay", **body})
        made = answer.json()["data"]
        wait_for_status(made["id"], 10, 20, 30, timeout=120)
        return made

    return run


@pytest.fixture(scope="session")
def built(make_run):
    """A run that succeeded."""
    return make_run("Build")


@pytest.fixture(scope="session")
def failed(make_run):
    """A run that failed."""
    return make_run("Fails")


@pytest.fixture
def poll():
    """Asks until the answer satisfies, as a client's own loop does."""

    def until(ask, satisfies, timeout=120):
        deadline = time.monotonic() + timeout
        while True:
            answer = ask()
            if satisfies(answer):
                return answer
            assert time.monotonic() < deadline, answer
            time.sleep(0.3)

    return until
