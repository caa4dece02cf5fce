"""Renders templates with the real Jinja2 and OnCall's filters: one JSON object a line in, one a line out.

In: {"template": text, "context": {...}, "options": {...}, "templates": {name: text}}.
Out: {"output": text} or {"class": name, "message": text}, and what was used: {"uses": ["filter abs", "tag for",
"method str.upper", …]}. The environment is the sandbox that integrations' templates meet, but `range` is allowed.
The first line out tells the versions and everything there is to use.
"""
import datetime
import json
import os
import resource
import signal
import sys

import jinja2
import jinja2.filters
import markupsafe
import oncall_filters
import regex
from jinja2 import nodes
from jinja2.loaders import BaseLoader, DictLoader
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Cycler, Joiner

OPTIONS = {"trim_blocks", "lstrip_blocks", "keep_trailing_newline", "autoescape"}
EXTENSIONS = {"do": "jinja2.ext.do", "loopcontrols": "jinja2.ext.loopcontrols"}
TAGS = ("autoescape block break call continue do elif else extends filter for from if import include macro print raw set "
        "with").split()
TYPES = (str, dict, list, tuple, int, float, bytes, markupsafe.Markup, datetime.datetime, datetime.timedelta)
OBJECTS = {LoopContext: "cycle changed index index0 revindex revindex0 first last length depth depth0 previtem nextitem",
           Macro: "name arguments catch_kwargs catch_varargs caller",
           Cycler: "next reset current", Joiner: ""}
# Rare enough in a template that nobody would write them: constructors of bytes and what only C code calls.
LEFT_OUT = {"str.maketrans", "int.from_bytes", "int.to_bytes", "float.fromhex", "float.hex", "Markup.maketrans"}
LEFT_OUT_TYPES = {"bytes": {"decode", "hex"}, "datetime": set("""year month day hour minute second microsecond tzinfo strftime
    isoformat date time timestamp weekday isoweekday replace astimezone utcoffset tzname ctime""".split())}


class Environment(SandboxedEnvironment):
    """The sandbox, noting what templates touch."""

    uses = set()

    def note(self, obj, name):
        if isinstance(name, str) and not name.startswith("_") and (
                hasattr(type(obj), name) or type(obj) in OBJECTS and name in vars(obj)):
            Environment.uses.add("method %s.%s" % (type(obj).__name__, name))

    def getattr(self, obj, attribute):
        self.note(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj, argument):
        if not isinstance(obj, (dict, list, tuple)):
            self.note(obj, argument)
        return super().getitem(obj, argument)

    def call_filter(self, name, *args, **kwargs):
        Environment.uses.add("filter %s" % (name,))
        return super().call_filter(name, *args, **kwargs)

    def call_test(self, name, *args, **kwargs):
        Environment.uses.add("test %s" % (name,))
        return super().call_test(name, *args, **kwargs)


def sum_312(items, start=0):
    """Python 3.12's sum(), which adds floats with compensation."""
    items = list(items)
    if not all(isinstance(x, (int, float)) for x in items + [start]) or not any(isinstance(x, float) for x in items):
        return sum(items, start)
    total, carry, exact = start, 0.0, True
    for x in items:
        if exact and isinstance(x, int) and isinstance(total, int):
            total += x
            continue
        exact, total = False, float(total)
        if isinstance(x, int):
            total += x
            continue
        t = total + x
        carry += (total - t) + x if abs(total) >= abs(x) else (x - t) + total
        total = t
    return total + carry if carry and carry - carry == 0 else total


def environment(options, templates, known={}):
    key = json.dumps([options, templates], sort_keys=True)
    if key not in known:
        extensions = [EXTENSIONS[name] for name in options.get("extensions", [])]
        plain = {name: value for name, value in options.items() if name in OPTIONS}
        loader = DictLoader(templates) if templates is not None else BaseLoader()
        env = Environment(loader=loader, extensions=extensions, **plain)
        env.filters.update(oncall_filters.FILTERS)
        env.globals["time"] = oncall_filters.time
        known[key] = env
    return known[key]


def used(env, source):
    """What a template mentions, found by Jinja2's own lexer and parser."""
    uses, before = set(), None
    try:
        for _, kind, text in env.lex(source):
            if kind == "raw_begin":
                uses.add("tag raw")
            elif kind == "name" and before == "block_begin" and text in TAGS:
                uses.add("tag " + text)
            if kind != "whitespace":
                before = kind
        tree = env.parse(source)
    except Exception:  # what does not parse uses nothing
        return uses
    for node in tree.find_all((nodes.Filter, nodes.Test, nodes.Name)):
        if isinstance(node, nodes.Name):
            if node.name in env.globals:
                uses.add("global " + node.name)
        else:
            uses.add("%s %s" % (type(node).__name__.lower(), node.name))
    return uses


SECONDS, MEMORY = 10, 4 << 30  # what no case may need


class TooLong(BaseException):
    """A case does not end: a mistake of who wrote it."""


def on_alarm(*_):
    raise TooLong


CLASSES = {"UnknownTimeZoneError": "KeyError"}


def answer(case):
    env = environment(case.get("options") or {}, case.get("templates"))
    Environment.uses = used(env, case["template"])
    for source in (case.get("templates") or {}).values():
        Environment.uses |= used(env, source)
    jinja2.filters.sum = sum_312 if (case.get("options") or {}).get("sum") else sum
    signal.alarm(SECONDS)
    try:
        text = env.from_string(case["template"]).render(case.get("context") or {})
        text.encode("utf-8")
        result = {"output": text}
    except TooLong:
        result = {"class": "TooLong", "message": "the reference did not end"}
    except Exception as error:  # every class is an answer
        name = type(error).__name__
        name = CLASSES.get(name, name)
        if str(error) == "unhashable type: 'slice'":
            name = "KeyError"  # as Python 3.12 has it
        Environment.uses.add("error " + name)
        result = {"class": name, "message": str(error)}
    signal.alarm(0)
    result["uses"] = sorted(Environment.uses)
    return result


def universe():
    """Everything a template can use, as the names in "uses"."""
    env = environment({}, None)
    names = ["tag " + name for name in TAGS]
    names += ["filter " + name for name in env.filters] + ["test " + name for name in env.tests]
    names += ["global " + name for name in env.globals]
    for kind in TYPES:
        allowed = LEFT_OUT_TYPES.get(kind.__name__)
        for name in dir(kind):
            if not name.startswith("_") and (allowed is None or name in allowed):
                names.append("method %s.%s" % (kind.__name__, name))
    for kind, attributes in OBJECTS.items():
        names += ["method %s.%s" % (kind.__name__, name) for name in attributes.split()]
    return [name for name in names if name[7:] not in LEFT_OUT]


def main():
    versions = {"jinja2": jinja2.__version__, "python": sys.version.split()[0], "regex": regex.__version__}
    print(json.dumps({"versions": versions, "universe": universe()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
        Environment.uses = set()


signal.signal(signal.SIGALRM, on_alarm)
resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
sys.path.insert(0, os.path.dirname(__file__))
main()
