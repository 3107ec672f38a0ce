"""dbtc: every method over an operation that is served, as a program with its client object calls it."""

import pytest
from dbtc import dbtCloudClient


@pytest.fixture(scope="module")
def cloud(target):
    # Not api_key: with it alone this version of dbtc sends the token "None".
    return dbtCloudClient(host=target.host, service_token=target.token).cloud


@pytest.fixture(scope="module")
def account(target):
    return target.account_id


@pytest.fixture(scope="module")
def checks(projects):
    return projects["Checks"]


@pytest.fixture(scope="module")
def built(cloud, account, jobs):
    """A run of the job Build to its end, triggered and polled by dbtc."""
    return cloud.trigger_job(account, jobs["Build"], {"cause": "dbtc"}, poll_interval=1)["data"]
