#!/usr/bin/env python3
"""Measures Faultline against its limits and opponents, side by side, and says what is met.

Everything runs in alternating rounds (A B C ... A B C ...), because the machine is never quite
quiet: a figure is the median over the rounds, a ratio the median of the per-round ratios.
Needs only the standard library. What isn't installed or built is named and left out; exit 1 when a
due (a "must") is measured and not met, 2 for wrong usage, else 0.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SCENARIOS = HERE / "scenarios"
SYSTEM_PYTHON = "/usr/bin/python3"  # apt's SimPy lives here, whatever python3 is first in the path
GNU_TIME = "/usr/bin/time"
IN_FLIGHT = 23  # requests in flight in W2 at scale 1
# The mean latency of n requests lies within sqrt(SPREAD / n) of its expectation, relative to it:
# correlated in W1 (the asymptotic variance of M/M/1 at .8), nearly independent in W2.
SPREAD_W1 = 79
SPREAD_W2 = 0.5


class Failure(Exception):
    """A program could not be run or said something else than JSON."""


def run(command):
    """Runs a command that prints JSON; returns (the JSON, peak RSS in bytes or None, seconds).

    The seconds are those of the whole process, as a check on the wall_s that it reports itself.

    The RSS is GNU time's, because Linux counts what a process was before its exec: a direct child
    of this one would be charged with the 16 MB of Python. time itself is below 2 MB.
    """
    command = [str(part) for part in command]
    with tempfile.NamedTemporaryFile("r", prefix="faultline-rss-") as rss_file:
        timed = [GNU_TIME, "--quiet", "-f", "%M", "-o", rss_file.name] if has_gnu_time() else []
        try:
            if not shutil.which(command[0]):
                raise Failure(f"{command[0]}: no such program")
            start = time.perf_counter()
            done = subprocess.run(timed + command, capture_output=True, stdin=subprocess.DEVNULL,
                                  check=False)
            seconds = time.perf_counter() - start
        except OSError as error:
            raise Failure(f"{command[0]}: {error.strerror}") from error
        if done.returncode != 0:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise Failure(f"{' '.join(command)}: exit {done.returncode}: {last[0]}")
        rss = int(rss_file.read()) * 1024 if timed else None
    try:
        return json.loads(done.stdout), rss, seconds
    except json.JSONDecodeError as error:
        raise Failure(f"{' '.join(command)}: no JSON on stdout ({error})") from error


def has_gnu_time():
    return Path(GNU_TIME).exists()


def first_output(command):
    """Seconds from starting a command to the first byte on its stdout."""
    start = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    first = os.read(child.stdout.fileno(), 1)
    elapsed = time.perf_counter() - start
    child.stdout.read()
    child.wait()
    if not first:
        raise Failure(f"{command[0]}: no output (exit {child.returncode})")
    return elapsed


class Faultline:
    """Builds the commands and reads the answers of the simulator itself."""

    def __init__(self, program):
        self.program = program

    def w1(self):
        return [self.program, "run", SCENARIOS / "w1.toml", "--json", "-"]

    def w2(self, scale=1, duration="1000s", timeout=None):
        command = [self.program, "run", SCENARIOS / "w2.toml", "--json", "-"]
        command += ["--duration", duration]
        if scale != 1:
            settings = [f'client.users.rate="{1000 * scale}/s"']
            settings += [f"service.{s}.threads={n * scale}"
                         for s, n in (("frontend", 16), ("service", 16), ("db", 32))]
            for setting in settings:
                command += ["--set", setting]
        if timeout:
            command += ["--set", f'policy.call.timeout="{timeout}"']
        return command

    @staticmethod
    def read(answer):
        (client,) = answer["clients"].values()
        wall = answer["wall_s"]
        offered = answer["ledger"]["offered"]
        if not answer["ledger"]["balanced"] or wall <= 0:
            raise Failure("faultline: the ledger doesn't balance, or no time passed")
        return {"requests_per_s": offered / wall, "requests": offered,
                "mean_latency": client["latency_s"]["mean"],
                "ns_per_event": wall / max(answer["events"], 1) * 1e9,
                "in_flight": answer["ledger"]["in_flight"], "wall_s": wall}


def limit_reading(answer):
    reading = dict(answer)
    if "events_per_s" in answer:
        reading["ns_per_event"] = 1e9 / answer["events_per_s"]
    return reading


def contenders(options):
    """name -> (command, how to read the answer, (expected mean latency, its spread) or None)."""
    fl = Faultline(options.faultline)
    binaries = Path(options.bench_bin)
    own, other = fl.read, limit_reading
    w1, w2 = (5.0, SPREAD_W1), (0.023, SPREAD_W2)
    size = (lambda n: max(1, int(n * options.size)))
    # Seconds of simulated time that make a few million requests at each scale, and enough of them
    # behind the first 0.1 s, in which the chain fills.
    duration = {1: 2000, 10: 200, 100: 20, 1000: 3, 10000: 0.4}
    span = (lambda k, times=1: f"{max(1, round(duration[k] * options.size * times * 1000))}ms")
    table = {
        "W1 limit": ([binaries / "limit_w1", size(20e6)], other, w1),
        "W1 limit, Boost's ziggurat": ([binaries / "limit_w1", size(20e6), 1, "boost"], other, w1),
        "W1 faultline": (fl.w1(), own, (0.050, SPREAD_W1)),
        "W1 SimGrid": ([binaries / "w1_simgrid", size(4e5)], other, w1),
        "W1 SimPy": ([SYSTEM_PYTHON, HERE / "w1_simpy.py", size(2e5)], other, w1),
        "W2 limit": ([binaries / "limit_w2", size(5e6)], other, w2),
        "W2 faultline": (fl.w2(), own, w2),
        "W2 SimGrid": ([binaries / "w2_simgrid", size(1e5)], other, w2),
        "W2 SimPy": ([SYSTEM_PYTHON, HERE / "w2_simpy.py", size(2e4)], other, w2),
    }
    if options.quick:
        return table
    # What is divided by one another runs one after the other: the machine's mood may last a while.
    table["W2 short faultline"] = (fl.w2(1, span(1, 0.1)), own, None)
    table["W2 timeout 60 s faultline"] = (fl.w2(1, span(1), "60s"), own, w2)
    for hours in (1, 10):
        seconds = max(1, round(3600 * hours * options.size))
        table[f"W2 {hours} h faultline"] = (fl.w2(1, f"{seconds}s"), own, None)
    for k in (1, 10, 100, 1000, 10000):
        table[f"W2 x{k} faultline"] = (fl.w2(k, span(k)), own, None)
    for k in (1, 1000):
        table[f"W2 x{k} limit"] = ([binaries / "limit_w2", size(5e6), 1, k], other, None)
    return table


def measure(table, rounds, log):
    """Runs the table `rounds` times over. Returns name -> list of readings, name -> why not."""
    readings = {name: [] for name in table}
    absent = {}
    for number in range(rounds):
        for name, (command, read, _) in table.items():
            if name in absent:
                continue
            log(f"round {number + 1}/{rounds}: {name}")
            try:
                answer, rss, seconds = run(command)
                readings[name].append({**read(answer), "rss": rss, "process_s": seconds})
            except (Failure, KeyError, ValueError, ZeroDivisionError) as failure:
                absent[name] = why_absent(name, command, failure)
                readings[name] = []
    return {name: r for name, r in readings.items() if r}, absent


def why_absent(name, command, failure):
    if "SimPy" in name and "simpy" in str(failure) and "No module" in str(failure):
        return "SimPy is not installed (apt install python3-simpy3)"
    if not Path(command[0]).exists():
        if "SimGrid" in name:
            return "SimGrid is not installed (apt install libsimgrid-dev) or its bench not built"
        return f"not built: {command[0]}"
    if isinstance(failure, KeyError):
        return f"its JSON has no {failure}"
    return str(failure)


def median(readings, name, key):
    return statistics.median(r[key] for r in readings[name])


def ratio(readings, above, below, key="requests_per_s"):
    """Median of the per-round ratios; None when one of them was not measured."""
    if not all(name in readings and readings[name][0][key] is not None for name in (above, below)):
        return None
    return statistics.median(a[key] / b[key] for a, b in zip(readings[above], readings[below]))


def difference_per(readings, above, below, key, units):
    if not all(name in readings and readings[name][0][key] is not None for name in (above, below)):
        return None
    return statistics.median((a[key] - b[key]) / units
                             for a, b in zip(readings[above], readings[below]))


def goals(readings):
    """(what, measured, decimals shown, must, aim, whether those are minima or maxima)."""
    small, large = "W2 x1000 faultline", "W2 x10000 faultline"
    # The slope takes the fixed cost of the program and its statistics out. By Little's law 23 k
    # requests are in flight per 1000-fold scale; the ledger's own count is used where it is there.
    between = IN_FLIGHT * 9000
    if small in readings and large in readings:
        counted = median(readings, large, "in_flight") - median(readings, small, "in_flight")
        if counted > 0:
            between = counted
    def rate(above, below):
        return ratio(readings, above, below)

    def cost(above, below):
        return ratio(readings, above, below, "ns_per_event")

    def memory(above, below):
        return ratio(readings, above, below, "rss")

    w1, w2, one, minute = ("W1 faultline", "W2 faultline", "W2 x1 faultline",
                           "W2 timeout 60 s faultline")
    rows = [
        ("W1, of the limit", rate(w1, "W1 limit"), 3, 0.20, 0.33, "min"),
        ("W1, of the limit with Boost's ziggurat", rate(w1, "W1 limit, Boost's ziggurat"), 3,
         None, None, "min"),
        ("W1, times SimGrid", rate(w1, "W1 SimGrid"), 1, None, None, "min"),
        ("W1, times SimPy", rate(w1, "W1 SimPy"), 1, None, None, "min"),
        ("W2, of the limit", rate(w2, "W2 limit"), 3, 0.45, 0.80, "min"),
        ("W2, times SimGrid", rate(w2, "W2 SimGrid"), 1, 20, 30, "min"),
        ("W2, times SimPy", rate(w2, "W2 SimPy"), 1, 120, 200, "min"),
        ("cost per event, 23 -> 230 in flight", cost("W2 x10 faultline", one), 2,
         None, None, "max"),
        ("cost per event, 23 -> 2 300 in flight", cost("W2 x100 faultline", one), 2,
         None, None, "max"),
        ("cost per event, 23 -> 23 000 in flight", cost(small, one), 2, 2.5, 1.8, "max"),
        ("the limit's own, 23 -> 23 000", cost("W2 x1000 limit", "W2 x1 limit"), 2, None, None, "max"),
        # "No more" allows for the noise of the machine: 10 % as in G10 of the measurements.
        ("timeout 60 s, time against 1 s", cost(minute, one), 2, 1.10, 1.03, "max"),
        ("timeout 60 s, peak RSS against 1 s", memory(minute, one), 2, 1.10, 1.03, "max"),
        ("bytes per request in flight (RSS slope x1000 -> x10000)",
         difference_per(readings, large, small, "rss", between), 0, 400, 256, "max"),
        # Series grow to 3 600 bins, which an hour has; from there on nothing may.
        ("peak RSS, 10 h against 1 h", memory("W2 10 h faultline", "W2 1 h faultline"), 2,
         1.10, 1.03, "max"),
        ("peak RSS, 2 000 s against 200 s", memory(one, "W2 short faultline"), 2, None, None, "max"),
    ]
    return [row for row in rows if row[1] is not None]


def verdict(value, must, aim, sense):
    if must is None:
        return ""
    good = (lambda bound: value >= bound) if sense == "min" else (lambda bound: value <= bound)
    sign = ">=" if sense == "min" else "<="
    word = "aim met" if good(aim) else "met" if good(must) else "NOT MET"
    return f"{word:8} (must {sign} {must:g}, aim {sign} {aim:g})"


def human(rate):
    for unit, factor in (("M", 1e6), ("k", 1e3)):
        if rate >= factor:
            return f"{rate / factor:.3g} {unit}"
    return f"{rate:.3g}"


def print_table(table, readings, absent):
    width = max(map(len, table))
    print(f"{'':{width}}  {'requests/s':>11}  {'min .. max':>17}  {'mean latency':>12}  "
          f"{'ns/event':>8}  {'peak RSS':>9}")
    for name, (_, _, expected) in table.items():
        if name in absent:
            print(f"{name:{width}}  left out: {absent[name]}")
            continue
        rates = [r["requests_per_s"] for r in readings[name]]
        latency = median(readings, name, "mean_latency")
        per_event = (f"{median(readings, name, 'ns_per_event'):8.1f}"
                     if "ns_per_event" in readings[name][0] else " " * 8)
        spread = f"{human(min(rates))} .. {human(max(rates))}"
        requests = readings[name][0]["requests"]
        rss = (f"{median(readings, name, 'rss') / 2**20:6.1f} MB"
               if readings[name][0]["rss"] is not None else "        ?")
        print(f"{name:{width}}  {human(statistics.median(rates)):>11}  {spread:>17}  "
              f"{latency:12.5g}  {per_event}  {rss}"
              f"{doubt(latency, requests, expected)}")


def doubt(latency, requests, expected):
    """A remark when the mean latency is too far off for the model to be the same."""
    if not expected:
        return ""
    mean, spread = expected
    allowed = 0.002 + 4 * (spread / requests) ** 0.5
    return "" if abs(latency / mean - 1) <= allowed else f"  ANOTHER MODEL? expected {mean:g}"


def first_output_times(options, rounds):
    """Seconds to the first byte of an answer: of the program, and of a run of 1 s and of 1000 s."""
    fl = Faultline(options.faultline)
    commands = {"--version": [options.faultline, "--version"], "run W2 for 1 s": fl.w2(1, "1s"),
                "run W2 for 1000 s": fl.w2(1, "1000s")}
    times = {name: [] for name in commands}
    try:
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(first_output(command))
    except (Failure, OSError):
        return {}
    return {name: statistics.median(t) for name, t in times.items()}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds (default 5)")
    parser.add_argument("--faultline", default=str(ROOT / "build/release/bin/faultline"))
    parser.add_argument("--bench-bin", default=str(ROOT / "build/bench/bin"),
                        help="where the limits and the SimGrid opponents are")
    parser.add_argument("--size", type=float, default=1.0,
                        help="factor on the length of the runs (default 1)")
    parser.add_argument("--quick", action="store_true", help="W1 and W2 only")
    parser.add_argument("--json", metavar="FILE", help="write every reading and every ratio")
    options = parser.parse_args()
    if options.rounds < 1 or not options.size > 0:
        parser.error("--rounds and --size must be positive")
    return options


def main():
    options = arguments()
    live = sys.stderr.isatty()

    def log(text):
        if live:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    table = contenders(options)
    readings, absent = measure(table, options.rounds, log)
    if live:
        print("\r\033[K", end="", file=sys.stderr)
    starts = first_output_times(options, options.rounds) if "W2 faultline" in readings else {}

    print(f"Medians of {options.rounds} alternating rounds.\n")
    print_table(table, readings, absent)
    judged = goals(readings)
    if judged:
        print("\nMedians of the per-round ratios.\n")
        for what, value, decimals, must, aim, sense in judged:
            print(f"{what:56}  {value:8.{decimals}f}  {verdict(value, must, aim, sense)}".rstrip())
    if not has_gnu_time():
        print(f"Memory was not measured: GNU time is not installed ({GNU_TIME}; apt install time).")
    for name, seconds in starts.items():
        print(f"{'first output, ' + name:56}  {seconds * 1e3:5.1f} ms")
    if "W2 faultline" not in readings:
        print("\nFaultline itself was not measured, so no due is judged.")
    if options.json:
        document = {"rounds": options.rounds, "size": options.size, "readings": readings,
                    "left_out": absent, "first_output_s": starts,
                    "goals": [{"what": what, "measured": value, "must": must, "aim": aim,
                               "sense": sense,
                               "verdict": verdict(value, must, aim, sense)[:8].strip()}
                              for what, value, _, must, aim, sense in judged]}
        Path(options.json).write_text(json.dumps(document, indent=1) + "\n")
    missed = [what for what, value, _, must, aim, sense in judged
              if verdict(value, must, aim, sense).startswith("NOT")]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
