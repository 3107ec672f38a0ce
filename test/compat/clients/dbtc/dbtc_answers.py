"""Reads the answers of dbtc."""

QUEUED, SUCCESS, ERROR, CANCELLED = 1, 10, 20, 30


def data(answer):
    assert answer["status"]["is_success"], answer
    return answer["data"]


def names(answer):
    return {item["name"] for item in data(answer)}
