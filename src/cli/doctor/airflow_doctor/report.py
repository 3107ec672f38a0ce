"""Says what was found, and what to do about it."""

from __future__ import annotations

import json
import os

EXPORT = 'eval "$(stratus env)"'
TIMEOUT_SECONDS = 15


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
