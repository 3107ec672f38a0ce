"""Answers what dbt itself would connect with, by dbt's own code.

Run with dbt's own Python in the project's folder, where Stratus's reading of a project's files is not sure.
The question is a JSON file; the last line on stdout is the answer.
"""

import copy
import json
import os
import sys

import yaml

try:
    from dbt.clients.yaml_helper import SafeLoader
    from dbt.config.profile import Profile
    from dbt.config.renderer import ProfileRenderer

    try:
        from dbt_common.context import set_invocation_context

        set_invocation_context(os.environ)
    except ImportError:  # dbt before 1.8 has no such context
        pass
except ImportError as error:
    sys.exit(f"This Python has no dbt: {error}")

SECRET = "DBT_ENV_SECRET"


class Refused(Exception):
    """dbt will not run with it."""


def main(question):
    project = read(question["projectFile"])
    profiles = read(question["profilesFile"])
    answers = [answer(question, choice, project, profiles) for choice in question["choices"]]
    return {"answers": answers, "text": with_schema(question, answers[0], profiles)}


def read(file):
    """The content of a file, or why dbt cannot read it."""
    try:
        with open(file, "rb") as handle:
            content = yaml.load(handle.read().decode("utf-8"), Loader=SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f", line {mark.line + 1},"
        return Refused(f"{file}{place} is not valid YAML: {getattr(error, 'problem', None) or error}.")
    except UnicodeDecodeError:
        return Refused(f"{file} is not UTF-8.")
    return content if isinstance(content, dict) else Refused(f"{file} holds no keys and values.")


def answer(question, choice, project, profiles):
    try:
        for content in (project, profiles):
            if isinstance(content, Refused):
                raise content
        variables = yaml.load(choice.get("vars") or "{}", Loader=SafeLoader)
        return resolve(question, choice, project, profiles, ProfileRenderer(variables or {}))
    except Exception as error:
        lines = [line.strip() for line in str(getattr(error, "msg", None) or error).splitlines()]
        return {"kind": "refused", "reason": " ".join(line for line in lines if line)}


def resolve(question, choice, project, profiles, renderer):
    own_name = renderer.render_value(project.get("profile"))
    name = own_name if choice.get("profile") is None else choice["profile"]
    if name is None:
        raise Refused(f"{question['projectFile']} names no profile.")
    profile = profiles.get(name)
    if not profile:
        raise Refused(f"There is no profile '{name}' in {question['profilesFile']}.")
    preferred = choice.get("targetIfThere")
    target = preferred if preferred in profile.get("outputs", {}) else choice.get("target")
    target, rendered = Profile.render_profile(copy.deepcopy(profile), name, target, renderer)
    raw = profile["outputs"][target]
    needed = [key for key in ("type", "schema", "path", "attach") if key in rendered]
    shown = [key for key in question["publicKeys"] if key in rendered and SECRET not in str(raw[key])]
    return {
        "kind": "known",
        "name": name,
        "target": target,
        "output": {key: rendered[key] for key in needed},
        "shown": {key: rendered[key] for key in shown},
    }


def with_schema(question, first, profiles):
    """The profiles with another schema in the first choice's target."""
    if question.get("schema") is None or first["kind"] != "known":
        return None
    profile = dict(profiles[first["name"]])
    outputs = dict(profile["outputs"])
    output = dict(outputs[first["target"]])
    is_dataset = first["output"].get("type") == "bigquery" and "schema" not in output
    output["dataset" if is_dataset else "schema"] = question["schema"]
    outputs[first["target"]] = output
    profile["outputs"] = outputs
    return yaml.safe_dump({**profiles, first["name"]: profile}, sort_keys=False, default_style=None)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as handle:
        reply = main(json.load(handle))
    print("\n" + json.dumps(reply, default=str))
