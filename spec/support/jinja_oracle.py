"""Renders templates with the real Jinja2: one JSON object a line in, one a line out.

In: {"template": text, "context": {...}, "options": {...}}. Out: {"output": text} or {"class": name, "message": text}.
The environment is the one that integrations' templates meet, but `range` is allowed. The first line out tells the
versions.
"""
import json
import sys

import jinja2
from jinja2.loaders import BaseLoader
from jinja2.sandbox import SandboxedEnvironment

OPTIONS = {"trim_blocks", "lstrip_blocks", "keep_trailing_newline", "autoescape"}
EXTENSIONS = {"do": "jinja2.ext.do", "loopcontrols": "jinja2.ext.loopcontrols"}


def environment(options):
    extensions = [EXTENSIONS[name] for name in options.get("extensions", [])]
    plain = {name: value for name, value in options.items() if name in OPTIONS}
    return SandboxedEnvironment(loader=BaseLoader(), extensions=extensions, **plain)


def answer(case):
    try:
        template = environment(case.get("options") or {}).from_string(case["template"])
        text = template.render(case.get("context") or {})
        text.encode("utf-8")
        return {"output": text}
    except Exception as error:  # every class is an answer
        return {"class": type(error).__name__, "message": str(error)}


def main():
    versions = {"jinja2": jinja2.__version__, "python": sys.version.split()[0]}
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


main()
