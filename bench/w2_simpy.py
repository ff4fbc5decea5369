"""W2 in SimPy: load balancer -> frontend 4x16 -> service 4x16 -> db 2x32 threads, 1000 requests/s,
a thread held while its call is out, 1 s timeout per call (a process, OR a timeout; SimPy cannot
cancel the timeout), round robin from each caller. Work exp(3 ms), exp(5 ms), exp(15 ms).
Usage: w2_simpy.py [requests = 40000] [seed = 1]"""

import json
import random
import sys
import time

import simpy

TIMEOUT = 1.0
TIERS = [(4, 16, 0.003), (4, 16, 0.005), (2, 32, 0.015)]  # replicas, threads, mean work in seconds


class Instance:
    def __init__(self, env, tier, threads):
        self.tier = tier
        self.pool = simpy.Resource(env, threads)
        self.rotation = 0


class Chain:
    def __init__(self, requests, seed):
        self.env = simpy.Environment()
        self.draw = random.Random(seed).expovariate
        self.requests = requests
        self.tiers = [[Instance(self.env, tier, threads) for _ in range(replicas)]
                      for tier, (replicas, threads, _) in enumerate(TIERS)]
        self.rotation = 0
        self.ok = self.failed = 0
        self.latency = 0.0
        self.all_answered = self.env.event()

    def serve(self, instance):
        """One call at a replica; its value says whether the answer is good."""
        tier = instance.tier
        with instance.pool.request() as thread:
            yield thread
            yield self.env.timeout(self.draw(1 / TIERS[tier][2]))
            if tier == 2:
                return True
            below = self.tiers[tier + 1]
            target = below[instance.rotation]
            instance.rotation = (instance.rotation + 1) % len(below)
            call = self.env.process(self.serve(target))
            yield call | self.env.timeout(TIMEOUT)
            return call.triggered and call.value

    def request(self):
        start = self.env.now
        target = self.tiers[0][self.rotation]
        self.rotation = (self.rotation + 1) % len(self.tiers[0])
        call = self.env.process(self.serve(target))
        yield call | self.env.timeout(TIMEOUT)
        if call.triggered and call.value:
            self.ok += 1
            self.latency += self.env.now - start
        else:
            self.failed += 1
        if self.ok + self.failed == self.requests:
            self.all_answered.succeed()

    def arrivals(self):
        for _ in range(self.requests):
            yield self.env.timeout(self.draw(1000.0))
            self.env.process(self.request())

    def run(self):
        self.env.process(self.arrivals())
        self.env.run(until=self.all_answered)


def main():
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    chain = Chain(requests, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    start = time.perf_counter()
    chain.run()
    wall = time.perf_counter() - start
    print(json.dumps({"name": "w2_simpy", "requests_per_s": requests / wall,
                      "mean_latency": chain.latency / chain.ok, "requests": requests,
                      "failed": chain.failed, "wall_s": wall}))


main()
