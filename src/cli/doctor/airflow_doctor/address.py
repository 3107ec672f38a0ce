"""Checks that something speaks TLS at the connection's address."""

from __future__ import annotations

import socket
import ssl

from airflow_doctor.host import has_port, split_host
from airflow_doctor.report import TIMEOUT_SECONDS, Report, Stop


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
