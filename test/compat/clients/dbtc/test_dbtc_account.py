"""dbtc: accounts, users, service tokens, and what is not served."""

import time

import pytest
import requests
from dbtc import dbtCloudClient
from dbtc_answers import data, names


def test_accounts_by_id_by_name_and_listed(cloud, account):
    assert [each["id"] for each in data(cloud.list_accounts())] == [account]
    known = data(cloud.get_account(account))
    assert known["id"] == account and known["run_slots"] > 0
    assert data(cloud.get_account_by_name(known["name"]))["id"] == account


def test_licenses_and_users(cloud, account):
    answer = cloud.get_account_licenses(account)
    assert isinstance(data(answer), list)
    users = data(cloud.list_users(account, limit=5))
    assert users and cloud.list_users(account, limit=1, order_by="-id")["extra"]["pagination"]["count"] == 1
    user = data(cloud.get_user(account, users[0]["id"]))
    assert user["id"] == users[0]["id"]


def test_the_audit_log_between_two_days(cloud, account, built):
    answer = cloud.list_audit_logs(account, logged_at_start="2020-01-01", logged_at_end="2020-01-02", limit=5)
    assert data(answer) == []
    assert data(cloud.list_audit_logs(account, logged_at_start="2020-01-01", limit=5))


def test_service_tokens_are_made_given_permissions_and_listed(cloud, target, account):
    made = data(cloud.create_service_token(account, {"name": "By dbtc", "account_id": account, "state": 1}))
    assert made["token_string"]
    grant = {"permission_set": "job_viewer", "all_projects": True, "project_id": None}
    grant |= {"account_id": account, "service_token_id": made["id"]}
    data(cloud.assign_service_token_permissions(account, made["id"], [grant]))
    held = data(cloud.list_service_token_permissions(account, made["id"]))
    assert [each["permission_set"] for each in held] == ["job_viewer"]
    assert made["token_string"] not in str(cloud.get_service_token(account, made["id"]))
    assert "By dbtc" in names(cloud.list_service_tokens(account))
    reader = dbtCloudClient(host=target.host, service_token=made["token_string"]).cloud
    deadline = time.monotonic() + 10
    while not reader.list_jobs(account)["status"]["is_success"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert reader.create_job(account, {})["status"]["code"] == 403
    # dbtc has no method for it.
    headers = {"Authorization": f"Token {target.token}"}
    revoked = requests.delete(target.path("v3", f"service-tokens/{made['id']}/"), headers=headers, timeout=30)
    assert revoked.status_code == 200


def test_a_bad_token_is_told_so(target, account):
    answer = dbtCloudClient(host=target.host, service_token="wrong").cloud.list_jobs(account)
    assert (answer["status"]["code"], answer["data"]) == (401, None)


@pytest.mark.parametrize("method", ["list_groups", "list_invited_users", "list_license_maps"])
def test_what_there_is_none_of_is_an_empty_list(cloud, account, method):
    answer = getattr(cloud, method)(account)
    assert (answer["status"]["code"], answer["data"]) == (200, [])


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("list_feature_flags", []),
        ("list_private_link_endpoints", []),
        ("create_adapter", [1, {}]),
        ("create_managed_repository", [1, {}]),
        ("create_extended_attributes", [1]),
    ],
)
def test_what_is_not_served_says_so(cloud, account, method, arguments):
    status = getattr(cloud, method)(account, *arguments)["status"]
    assert (status["code"], status["is_success"]) in {(501, False), (404, False)}
    assert status["user_message"]
