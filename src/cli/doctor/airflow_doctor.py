"""
Finds out why Airflow in this Python does not reach Stratus: provider, connection, certificates, token.

`stratus doctor --airflow` runs it. It needs nothing but Airflow itself, so that it also runs by itself where there
is no Node, such as in a container of Airflow:

    python airflow_doctor.py [--conn-id dbt_cloud_default]

It starts no run, changes nothing, and never shows the token.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import os
import re
import socket
import ssl
import sys
from importlib.metadata import PackageNotFoundError, version

PROVIDER = "apache-airflow-providers-dbt-cloud"
# Older ones make <host>.getdbt.com of the host.
OLDEST_PROVIDER = (2, 3, 1)
TIMEOUT_SECONDS = 15
EXPORT = 'eval "$(stratus env)"'
RESTART = f"in the shell or service that starts it, and start it again ({EXPORT} sets it)"


class Stop(Exception):
    """What comes after a finding that makes it pointless."""


class Report:
    """What was found, line by line; `secrets` are left out of whatever others have said."""

    def __init__(self, as_json: bool) -> None:
        # Airflow and its plugins print what they like: that is not for our reader.
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._as_json = as_json
        self.secrets: list[str] = []
        self.failed = False

    def ok(self, subject: str, detail: str) -> None:
        self._write("ok", subject, detail)

    def warn(self, subject: str, detail: str, cure: str) -> None:
        self._write("warn", subject, detail, cure)

    def fail(self, subject: str, detail: str, cure: str) -> None:
        self.failed = True
        self._write("fail", subject, detail, cure)

    def _write(self, level: str, subject: str, detail: str, cure: str | None = None) -> None:
        finding = {"level": level, "subject": subject, "detail": self._scrub(detail)}
        if cure is not None:
            finding["cure"] = self._scrub(cure)
        if self._as_json:
            line = json.dumps(finding)
        else:
            line = f"{level:4}  {subject}: {finding['detail']}" + (f"\n      → {finding['cure']}" if cure else "")
        print(line, file=self._out, flush=True)

    def _scrub(self, text: str) -> str:
        # A shorter one would be found in everything.
        for secret in self.secrets:
            if len(secret) >= 4:
                text = text.replace(secret, "***")
        return text


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


def check_installation(report: Report) -> None:
    python = f"{sys.executable} (Python {sys.version.split()[0]})"
    install = f"{sys.executable} -m pip install --upgrade {PROVIDER}"
    airflow = installed("apache-airflow")
    if airflow is None:
        cure = "Name the Python of Airflow's environment with --python, or activate that environment."
        report.fail("Airflow", f"not installed for {python}", cure)
        raise Stop
    provider = installed(PROVIDER)
    if provider is None:
        report.fail("provider", f"{PROVIDER} is not installed for {python}", install)
        raise Stop
    if tuple(int(part) for part in re.findall(r"\d+", provider)[:3]) < OLDEST_PROVIDER:
        oldest = ".".join(map(str, OLDEST_PROVIDER))
        detail = f"{provider} makes <host>.getdbt.com of the connection's host and cannot reach a server of your own"
        report.fail("provider", detail, f"{oldest} or newer is needed: {install}")
        raise Stop
    import_whole(report, "Airflow", airflow, "airflow.models")
    import_whole(report, "provider", provider, "airflow.providers.dbt.cloud.operators.dbt")
    report.ok("Airflow", f"{airflow}, {python}")
    report.ok("provider", f"{PROVIDER} {provider}")


def installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def import_whole(report: Report, subject: str, number: str, module: str) -> None:
    try:
        importlib.import_module(module)
    except Exception as error:
        report.fail(
            subject, f"{number} cannot be imported: {describe(error)}", "Mend what it says, or install it anew."
        )
        raise Stop from None


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


def wrong_host(host: str, port: int | None) -> tuple[str, str] | None:
    """What is wrong with the field, and what it should be."""
    scheme, _, rest = host.rpartition("://")
    name = rest.partition("/")[0].strip()
    port = port or 8443
    should_be = name if has_port(name) else f"{name or 'stratus.example.com'}:{port}"
    if not host:
        return "empty: the provider then asks cloud.getdbt.com", f"Host and port of Stratus, such as {should_be}."
    if scheme.lower() == "http":
        detail = f"{host!r} begins with http://, but the provider speaks https only, and puts https:// before it"
        return detail, f"{should_be}, where Stratus (or the proxy before it) speaks TLS"
    if scheme:
        return f"{host!r} has a scheme: the provider puts https:// before it", should_be
    if "/" in host or "?" in host:
        return f"{host!r} has a path: only host and port belong here", should_be
    if host != host.strip() or not re.fullmatch(r"[^\s@#]+", host):
        return f"{host!r} is no host and port", should_be
    return None


def has_port(host: str) -> bool:
    return re.search(r":[0-9]+$", host) is not None


def check_address(report: Report, connection, host: str) -> dict:
    """Whether something speaks TLS there at all; gives the proxies that requests uses instead."""
    from requests.utils import get_environ_proxies

    own = connection.extra_dejson.get("proxies") or {}
    proxies = own or get_environ_proxies(f"https://{host}/", no_proxy=None)
    proxy = proxies.get("https") or proxies.get("all")
    if proxy:
        source = "the connection's Extra" if own else "HTTPS_PROXY"
        detail = f"requests goes to {host} through a proxy (from {source}); aiohttp goes there directly"
        report.warn("proxy", detail, f"When it should not: NO_PROXY={host.rpartition(':')[0] or host}")
        return own
    name, port = split_host(host)
    hint = ""
    if not has_port(host):
        elsewhere = f"{name}:{connection.port or 8443}"
        unread = f" (the field Port, {connection.port}, is not read)" if connection.port else ""
        hint = f"The host has no port, so that 443 was asked{unread}: is it {elsewhere}?"
    try:
        with socket.create_connection((name, port), timeout=TIMEOUT_SECONDS) as plain:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(plain, server_hostname=name):
                report.ok("address", f"{name}:{port} speaks TLS")
    except socket.gaierror as error:
        cure = "A name that is known on this machine; in a container, the name of Stratus's service."
        fail_address(report, f"{name!r} is not known here ({error.strerror})", cure)
    except ssl.SSLError as error:
        cure = hint or "The provider speaks https only: the port where Stratus, or the proxy before it, speaks TLS."
        fail_address(report, f"{name}:{port} speaks no TLS ({error.reason}): plain http, perhaps", cure)
    except OSError as error:
        cure = hint or "Is Stratus running there? In a container, localhost is the container itself."
        reason = "no answer" if isinstance(error, TimeoutError) else error.strerror or error
        fail_address(report, f"{name}:{port} cannot be reached ({reason})", cure)
    return own


def fail_address(report: Report, detail: str, cure: str) -> None:
    report.fail("connection: host", detail, cure)
    raise Stop


def split_host(host: str) -> tuple[str, int]:
    name, _, port = host.rpartition(":") if has_port(host) else (host, "", "443")
    return name.strip("[]"), int(port)


def check_sync_call(report: Report, conn_id: str, account: str) -> None:
    """As operators, sensors and hooks ask: with requests."""
    from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook

    subject = "call of an operator (requests)"
    try:
        DbtCloudHook(conn_id).get_account()
    except Exception as error:
        response = getattr(error.__context__, "response", None)
        if response is not None:
            fail_by_status(report, subject, response.status_code, words_of(response), account)
        else:
            fail_by_error(report, subject, error, trust_of_requests())
        return
    report.ok(subject, f"account {account} answered")


def check_async_call(report: Report, conn_id: str) -> None:
    """As the triggerer asks for deferrable operators: with aiohttp, for a run."""
    from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook

    subject = "call of the triggerer (aiohttp)"

    async def ask() -> None:
        # There is no run 0: that is an answer, and none that a server would hold back.
        await asyncio.wait_for(DbtCloudHook(conn_id).get_job_details(run_id=0), TIMEOUT_SECONDS)

    try:
        asyncio.run(ask())
    except Exception as error:
        status = getattr(error, "status", None)
        if status is None:
            fail_by_error(report, subject, error, trust_of_aiohttp())
            return
        if status in (401, 403):
            fail_by_status(report, subject, status, "", "")
            return
    report.ok(subject, "answered")


def words_of(response) -> str:
    try:
        status = response.json()["status"]
        return status.get("developer_message") or status.get("user_message") or ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def fail_by_status(report: Report, subject: str, status: int, words: str, account: str) -> None:
    said = f"{status}: {words}" if words else str(status)
    if status == 401:
        cure = "It is wrong, revoked or expired: `stratus token create --name airflow` makes another."
        report.fail("connection: password", f"the token is not accepted ({said})", cure)
    elif status == 403:
        cure = "A token with `--permission job_admin` (stratus token create)."
        report.fail("connection: password", f"the token's permissions are too small ({said})", cure)
    elif status == 404:
        cure = "The account's id, as `stratus env` prints it as login (Account ID)."
        report.fail("connection: login", f"account {account} is not this token's ({said})", cure)
    else:
        report.fail(subject, said, "Is it Stratus that answers at this address, or a proxy?")


def fail_by_error(report: Report, subject: str, error: BaseException, trust: tuple[str, str]) -> None:
    text = " ".join(str(part) for part in chain_of(error))
    trusted, variable = trust
    if "IP address mismatch" in text or "Hostname mismatch" in text or "doesn't match" in text:
        cure = "A name that the certificate has, or start Stratus with --tls-name NAME (STRATUS_TLS_NAMES)."
        report.fail("connection: host", f"the certificate is for other names ({subject})", cure)
    elif "certificate has expired" in text or "not yet valid" in text:
        report.fail("certificate", f"expired or not yet valid ({subject})", "`stratus ca renew`; is the clock right?")
    elif "CERTIFICATE_VERIFY_FAILED" in text or "CA certificate bundle" in text:
        report.fail(variable, f"{trusted}: {subject} does not trust the server", f"Set {variable} {RESTART}.")
    else:
        report.fail(subject, describe(error), "What it says; a proxy between here and Stratus, perhaps.")


def trust_of_requests() -> tuple[str, str]:
    if os.environ.get("REQUESTS_CA_BUNDLE"):
        return describe_bundle("REQUESTS_CA_BUNDLE"), "REQUESTS_CA_BUNDLE"
    if os.environ.get("CURL_CA_BUNDLE"):
        return f"not set, and CURL_CA_BUNDLE {describe_bundle('CURL_CA_BUNDLE')}", "REQUESTS_CA_BUNDLE"
    return "not set, so that requests trusts its own list of authorities only", "REQUESTS_CA_BUNDLE"


def trust_of_aiohttp() -> tuple[str, str]:
    if not os.environ.get("SSL_CERT_FILE"):
        return "not set, so that aiohttp trusts the system's authorities only", "SSL_CERT_FILE"
    return describe_bundle("SSL_CERT_FILE"), "SSL_CERT_FILE"


def describe_bundle(name: str) -> str:
    file = os.environ[name]
    if not os.path.exists(file):
        return f"names {file}, which does not exist"
    if not os.access(file, os.R_OK):
        return f"names {file}, which cannot be read"
    return f"names {file}, which does not have the authority of Stratus's certificate"


def check_scope(report: Report, host: str, connection, proxies: dict) -> None:
    """What the operator needs beside an answer: to read runs and jobs, and to start runs."""
    import requests

    def ask(method: str, path: str, body: dict | None = None):
        headers = {"Authorization": f"Token {connection.password}"}
        where = f"https://{host}/api/{path}"
        return requests.request(method, where, headers=headers, json=body, proxies=proxies, timeout=TIMEOUT_SECONDS)

    server = ask("GET", "stratus/v1/server/")
    if server.status_code != 200:
        detail = "not tried, because it is not Stratus that answers there"
        report.warn("token", detail, "dbt Cloud's Job Admin is what the operator needs.")
        return
    account = f"v2/accounts/{connection.login}"
    for path in (f"{account}/runs/?limit=1", f"{account}/jobs/?limit=1"):
        response = ask("GET", path)
        if not response.ok:
            fail_by_status(report, "token", response.status_code, words_of(response), connection.login)
            return
    jobs = response.json()["data"]
    if not jobs:
        report.warn("token", "it sees no job, so that nothing can be said of starting one", "stratus apply")
        return
    # No run has -1 threads: who may start one hears that (400), who may not hears so first (403).
    response = ask("POST", f"{account}/jobs/{jobs[0]['id']}/run/", {"cause": "doctor", "threads_override": -1})
    if response.status_code != 400:
        fail_by_status(report, "token", response.status_code, words_of(response), connection.login)
        return
    report.ok("token", f"may read and start runs (Stratus {server.json()['data']['version']})")


def chain_of(error: BaseException | None):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


if __name__ == "__main__":
    sys.exit(main())
