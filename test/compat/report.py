"""What docs/compatibility.md is made from: which tests of which client ran, and what became of them."""

import importlib.metadata
import json
import platform


class Report:
    def __init__(self, file):
        self.file = file
        self.outcomes = {}

    def pytest_runtest_logreport(self, report):
        # Set-up and clean-up count when they fail; a test that is skipped says so in its set-up or its call.
        if report.when == "call" or report.outcome != "passed":
            name, known = report.nodeid, self.outcomes.get(report.nodeid, {}).get("outcome")
            if known != "failed":
                reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else None
                self.outcomes[name] = {"test": name, "outcome": report.outcome, "reason": reason}

    def pytest_sessionfinish(self):
        packages = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}
        content = {"python": platform.python_version(), "packages": packages, "tests": list(self.outcomes.values())}
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
