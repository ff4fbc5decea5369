#!/usr/bin/env python3
"""What each pattern costs: W2 with one pattern more on each of its three edges, against plain W2.

Runs alternate (plain, pattern, plain, pattern ...), because the machine is never quite quiet. A
figure is the median of the per-round ratios, times what a plain request costs; there are three calls
in a request. Patterns are set so that they hardly ever refuse: what is measured is being there.
Needs only the standard library.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CALLS = 3  # in a request
SERVICES = ("frontend", "service", "db")

# Each is what `--set` is given beside plain W2. POLICY stands for the policy of all calls.
POLICY = "policy.call"
PATTERNS = {
    "deadline": [f'{POLICY}.deadline="2s"'],
    "deadline, propagated": [f'{POLICY}.deadline="2s"', f'{POLICY}.propagation="deadline"'],
    "cancellation": [f'{POLICY}.propagation="cancel"'],
    "retry": [f'{POLICY}.retry={{ attempts = 3, backoff = "50ms", jitter = "full" }}'],
    "retry with a budget": [f'{POLICY}.retry={{ attempts = 3, backoff = "50ms", budget = "20%" }}'],
    "hedge": [f'{POLICY}.hedge={{ after = "500ms" }}'],
    "hedge after p95": [f'{POLICY}.hedge={{ after = "p95" }}'],
    "breaker": [f"{POLICY}.breaker={{}}"],
    "breaker, time window": [f'{POLICY}.breaker={{ window = "10s" }}'],
    "rate limit (token bucket)": [
        f'{POLICY}.rate_limit={{ kind = "token_bucket", rate = "1M/s", burst = 1000 }}'],
    "throttle": [f"{POLICY}.throttle={{}}"],
    "bulkhead": [f"{POLICY}.bulkhead={{ concurrent = 10000 }}"],
    "pool": [f"{POLICY}.pool={{ connections = 10000 }}"],
    "concurrency, fixed": [f"{POLICY}.concurrency={{ limit = 10000 }}"],
    "concurrency, Vegas": [f'{POLICY}.concurrency={{ kind = "vegas", initial = 1000 }}'],
    "fallback": [f"{POLICY}.fallback={{ quality = 0.5 }}"],
    "phases (connect, header)": [f'{POLICY}.timeout={{ after = "1s", connect = "1s" }}'],
    "door: rate limit": [
        f'service.{s}.door.rate_limit={{ rate = "1M/s", burst = 1000 }}' for s in SERVICES],
    "door: shedding": [f"service.{s}.door.shed={{ full = 10000 }}" for s in SERVICES],
    "door: concurrency": [f"service.{s}.door.concurrency=10000" for s in SERVICES],
    "queue: CoDel": [f'service.{s}.queue.codel={{}}' for s in SERVICES],
    "queue: priority": [f'service.{s}.queue.discipline="priority"' for s in SERVICES],
    "balancer: power of two": [f'service.{s}.balancer="power_of_two"' for s in SERVICES],
    "balancer: peak EWMA": [f'service.{s}.balancer="peak_ewma"' for s in SERVICES],
    "outlier detection": [f"service.{s}.outlier_detection={{}}" for s in SERVICES],
    "population of users": ['client.users.population={ users = 1000, skew = "zipf(1.1)" }'],
    "latency on every link": ['network.latency="1ms"'],
    "retry, breaker, bulkhead": [
        f'{POLICY}.retry={{ attempts = 3, backoff = "50ms", budget = "20%" }}',
        f"{POLICY}.breaker={{}}", f"{POLICY}.bulkhead={{ concurrent = 10000 }}"],
}


def seconds(program, sets, duration):
    """(CPU seconds, requests) of one run: of the whole process, which the neighbours disturb least."""
    command = [str(program), "run", str(HERE / "scenarios" / "w2.toml"), "--json", "-", "--quiet",
               "--duration", duration]
    for one in sets:
        command += ["--set", one]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return spent, json.loads(done.stdout)["clients"]["users"]["offered"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=HERE.parent / "build/release/bin/faultline")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", default="300s", help="simulated, of each run")
    parser.add_argument("--only", help="patterns whose name contains this")
    args = parser.parse_args()
    chosen = {name: sets for name, sets in PATTERNS.items() if args.only in (None, "") or
              args.only in name}
    plain, ratios, failed = [], {name: [] for name in chosen}, {}
    for _ in range(args.rounds):
        for name, sets in chosen.items():
            if name in failed:
                continue
            base, requests = seconds(args.program, [], args.duration)
            plain.append(base / requests)
            try:
                ratios[name].append(seconds(args.program, sets, args.duration)[0] / base)
            except RuntimeError as error:
                failed[name] = error
    request = statistics.median(plain) * 1e9
    print(f"plain W2: {request:.0f} ns a request ({CALLS} calls), {len(plain)} runs\n")
    print("| pattern on each edge | ratio | ns a call |\n|---|---:|---:|")
    for name, values in ratios.items():
        if values:
            ratio = statistics.median(values)
            print(f"| {name} | {ratio:.2f} | {(ratio - 1) * request / CALLS:.0f} |")
    for name, error in failed.items():
        print(f"{name}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
