"""Tells what may stand in the field Host of the connection."""

from __future__ import annotations

import re


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


def split_host(host: str) -> tuple[str, int]:
    name, _, port = host.rpartition(":") if has_port(host) else (host, "", "443")
    return name.strip("[]"), int(port)
