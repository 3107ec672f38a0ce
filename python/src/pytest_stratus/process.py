"""Starts `stratus dev` and stops it."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StratusError(Exception):
    """The server did not start, or a request to it failed."""


def find_command() -> list[str]:
    """STRATUS_COMMAND, else `stratus` on PATH. Nothing is downloaded."""
    if command := os.environ.get("STRATUS_COMMAND"):
        return shlex.split(command)
    if found := shutil.which("stratus"):
        return [found]
    raise StratusError(
        "There is no stratus on PATH. In a copy of Stratus, npm ci && npm link puts it there; "
        "or set STRATUS_COMMAND, such as: node /path/to/stratus/dist/stratus.js"
    )


@contextmanager
def started(project: Path, folder: Path, timeout: float = 60) -> Iterator[dict]:
    """Runs the server for a project, with all its files in `folder`; gives what it says of itself."""
    ready_file = folder / "ready.json"
    log_file = folder / "stratus.log"
    arguments = [
        "dev",
        str(project),
        "--port",
        "0",
        "--data-dir",
        str(folder / "data"),
        "--ready-file",
        str(ready_file),
    ]
    with log_file.open("wb") as log:
        # A session of its own, so that Ctrl-C reaches it through pytest alone.
        process = subprocess.Popen(
            [*find_command(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    pid = process.pid
    try:
        ready = _wait_until_ready(process, ready_file, log_file, timeout)
        pid = ready["pid"]
        yield ready
    finally:
        _stop(process, pid)


def _wait_until_ready(process: subprocess.Popen, ready_file: Path, log_file: Path, timeout: float) -> dict:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if ready_file.exists():
            return json.loads(ready_file.read_text(encoding="utf-8"))
        if process.poll() is not None:
            break
        time.sleep(0.02)
    said = log_file.read_text(encoding="utf-8", errors="replace")[-4000:]
    reason = f"did not start in {timeout:g} s" if process.poll() is None else f"ended with {process.returncode}"
    raise StratusError(f"stratus {reason}:\n{said}")


def _stop(process: subprocess.Popen, pid: int) -> None:
    """`pid` is the server's; `process` may be a script around it."""
    if process.poll() is None:
        try:
            os.kill(pid, signal.SIGTERM)
            process.wait(timeout=15)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
