"""make bench: renders a second of real-size alert templates by ours and by Python's Jinja2, in one run, turn about.

templates.py TEMPLATE_BENCH [ROUNDS]. Both have compiled the template and rendered it before, both get a payload that is
parsed. Ours is what template_bench.c says: a state of the server with its limits in force. Jinja2 is measured twice: the
plain environment, which the target is about, and the sandboxed one, which OnCall used. Each round gives each of them
about 0.1 s of processor time. Medians over the rounds are printed: of the rates, and of each round's ratio, for what slows
the machine down for a while slows both. The texts are compared byte for byte.
"""
import json
import os
import statistics
import subprocess
import sys
import time

from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, os.pardir, "differential"))
import oncall_filters  # noqa: E402

SLICE_US = 100000
TIMES, COMPILE_MS = 8, 1.0  # targets


class Ours:
    """The C program behind two pipes."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, FOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words):
        self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def environment(kind):
    env = kind()
    env.filters.update(oncall_filters.FILTERS)
    return env


def us_each(f, count):
    since = time.process_time()
    for _ in range(count):
        f()
    return (time.process_time() - since) / count * 1e6


def rounds_of(measures, rounds):
    """measures: functions of a count that give µs each; for each of them the µs of every round. They take turns."""
    counts = [max(1, int(SLICE_US / m(max(10, int(SLICE_US / 10 / m(10)))))) for m in measures]
    times = [[] for _ in measures]
    for _ in range(rounds):
        for i, m in enumerate(measures):
            times[i].append(m(counts[i]))
    return times


def times_ours(ours, theirs):
    """How many times ours they need, round by round: the median."""
    return statistics.median(b / a for a, b in zip(ours, theirs))


def measure(ours, at, case, envs, rounds):
    payload = json.loads(case["payload"])
    templates = [env.from_string(case["template"]) for env in envs]
    text = ours.ask("render", at)
    for template in templates:
        assert text == template.render(payload=payload), "different texts:\n%s\n%s" % (
            text, template.render(payload=payload))
    renders = [lambda n: ours.ask("run", at, n)]
    renders += [lambda n, t=t: us_each(lambda: t.render(payload=payload), n) for t in templates]
    compiles = [lambda n, verb=verb: ours.ask(verb, at, n) for verb in ("compile", "finish")]
    compiles.append(lambda n: us_each(lambda: envs[0].from_string(case["template"]), n))
    return len(text.encode()), rounds_of(renders, rounds), rounds_of(compiles, max(3, rounds // 3))


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    ours = Ours(sys.argv[1])
    envs = [environment(Environment), environment(SandboxedEnvironment)]
    print("templates, renders/s (medians of %d rounds); same bytes by all (target: %d times plain Jinja2)" % (rounds, TIMES),
          flush=True)
    rows = []
    for at, case in enumerate(ours.ask("cases"), 1):
        size, (our, plain, sandboxed), compiles = measure(ours, at, case, envs, rounds)
        rows.append((case, [statistics.median(us) for us in compiles]))
        print("  %-39s %4d B to %4d B  ours %7.0f  Jinja2 %6.0f  %5.2f times  sandboxed %6.0f  %5.2f times" % (
            case["name"], len(case["template"].encode()), size, 1e6 / statistics.median(our), 1e6 / statistics.median(plain),
            times_ours(our, plain), 1e6 / statistics.median(sandboxed), times_ours(our, sandboxed)), flush=True)
    print("compiling, ms (target for the largest: %.0f)" % COMPILE_MS)
    for case, (compiled, finished, theirs) in rows:
        print("  %-39s %4d B  ours %6.3f (with the Lua function, when C gives up: %.3f)  Jinja2 %6.2f" % (
            case["name"], len(case["template"].encode()), compiled / 1000, finished / 1000, theirs / 1000))
    ours.close()


main()
