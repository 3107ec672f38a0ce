"""Examines one thing after the other, until one makes the next pointless."""

from __future__ import annotations

import argparse
import logging

from airflow_doctor.address import check_address
from airflow_doctor.calls import check_async_call, check_sync_call
from airflow_doctor.connection import check_fields, read_connection
from airflow_doctor.installation import check_installation
from airflow_doctor.report import Report, Stop
from airflow_doctor.scope import check_scope


def main() -> int:
    parser = argparse.ArgumentParser(description="Finds out why Airflow does not reach Stratus.")
    parser.add_argument("--conn-id", default="dbt_cloud_default")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    report = Report(arguments.json)
    logging.disable(logging.CRITICAL)
    try:
        check_installation(report)
        connection = read_connection(report, arguments.conn_id)
        host = check_fields(report, connection, arguments.conn_id)
        proxies = check_address(report, connection, host)
        check_sync_call(report, arguments.conn_id, connection.login)
        check_async_call(report, arguments.conn_id)
        if not report.failed:
            check_scope(report, host, connection, proxies)
    except Stop:
        pass
    except Exception as error:  # whatever it is, its traceback could quote the connection
        report.fail("Airflow", f"unexpected {type(error).__name__}: {error}", "Please report this.")
    return 1 if report.failed else 0
