"""The connection: Airflow's "Test" button, and what a wrong field does."""

import pytest
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook


def test_the_test_button_accepts_a_good_token(hook):
    assert hook.test_connection() == (True, "Successfully connected to dbt Cloud.")


def test_the_test_button_refuses_a_bad_token(connect):
    succeeded, message = DbtCloudHook(connect(password="not-a-token")).test_connection()
    assert not succeeded
    assert "401" in message


def test_a_bad_token_may_read_and_start_nothing(connect, jobs):
    hook = DbtCloudHook(connect(password="not-a-token"))
    with pytest.raises(Exception, match="401"):
        hook.list_jobs()
    with pytest.raises(Exception, match="401"):
        hook.trigger_job_run(job_id=jobs["Build"], cause="with a bad token")


def test_another_account_is_not_found(connect, target, jobs):
    hook = DbtCloudHook(connect(login=str(target.account_id + 1)))
    with pytest.raises(Exception, match="404"):
        hook.get_account()
    with pytest.raises(Exception, match="404"):
        hook.trigger_job_run(job_id=jobs["Build"], cause="from another account")
