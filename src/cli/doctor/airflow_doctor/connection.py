"""Reads Airflow's connection, and finds the mistakes that can be seen in it."""

from __future__ import annotations

import os
import re

from airflow_doctor.host import wrong_host
from airflow_doctor.report import EXPORT, Report, Stop


def read_connection(report: Report, conn_id: str):
    """Reads it where Airflow does: in the environment, a secrets backend, or Airflow's database."""
    from airflow.exceptions import AirflowNotFoundException
    from airflow.models import Connection

    variable = variable_of(conn_id)
    try:
        connection = Connection.get_connection_from_secrets(conn_id)
    except Exception as error:
        # Its words may quote the value, which has the token in it.
        if variable not in os.environ and isinstance(error, AirflowNotFoundException):
            cure = f"{EXPORT} in the shell that starts Airflow, or add it under Admin → Connections."
            detail = f"{conn_id} is not defined, neither as {variable} nor in Airflow's database"
        else:
            cure = (
                'As JSON: {"conn_type": "dbt_cloud", "host": "HOST:PORT", "login": "ACCOUNT ID", "password": "TOKEN"}'
            )
            detail = f"{variable if variable in os.environ else conn_id} cannot be read ({type(error).__name__})"
        report.fail("connection", detail, cure)
        raise Stop from None
    report.secrets += [text for text in {connection.password, (connection.password or "").strip()} if text]
    # Outside of tasks the hook sees the environment, but not Airflow's database.
    os.environ[variable] = connection.as_json() if hasattr(connection, "as_json") else connection.get_uri()
    return connection


def variable_of(conn_id: str) -> str:
    return f"AIRFLOW_CONN_{conn_id.upper()}"


def check_fields(report: Report, connection, conn_id: str) -> str:
    """The mistakes that can be seen; gives the host once there is none."""
    host = connection.host or ""
    problem = wrong_host(host, connection.port)
    if problem:
        report.fail("connection: host", *problem)
    login = connection.login or ""
    number = "The account's id, as `stratus env` prints it as login (Account ID)."
    if not login:
        report.fail("connection: login", "the account id is empty", number)
    elif not re.fullmatch(r"[0-9]+", login):
        report.fail("connection: login", f"{login!r} is no account id: it must be a number", number)
    make = "The text that `stratus token create` has printed, as password (API Token)."
    password = connection.password or ""
    if not password:
        report.fail("connection: password", "the token is empty", make)
    elif re.search(r"\s", password):
        report.fail("connection: password", "there is white space in the token", make)
    if report.failed:
        raise Stop
    if connection.conn_type != "dbt_cloud":
        detail = f'{connection.conn_type!r}; operators do not mind, the button "Test" does'
        report.warn("connection: type", detail, "dbt_cloud")
    report.ok("connection", f"{conn_id}, https://{host}, account {login}")
    return host
