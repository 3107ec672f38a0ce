"""Says why a call failed: by the status of its answer, or by the error instead of one."""

from __future__ import annotations

import os

from airflow_doctor.report import EXPORT, Report

RESTART = f"in the shell or service that starts it, and start it again ({EXPORT} sets it)"


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


def chain_of(error: BaseException | None):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
