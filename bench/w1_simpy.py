"""W1 in SimPy: M/M/1, lambda .8, mu 1. Two processes and a Store, the quickest of its idioms for a
single queue. Usage: w1_simpy.py [customers = 200000] [seed = 1]"""

import json
import random
import sys
import time

import simpy


def source(env, store, customers, draw):
    for _ in range(customers):
        yield env.timeout(draw(0.8))
        store.put(env.now)


def server(env, store, customers, draw, result):
    total = 0.0
    for _ in range(customers):
        arrived = yield store.get()
        yield env.timeout(draw(1.0))
        total += env.now - arrived
    result.append(total / customers)


def main():
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    draw = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1).expovariate
    env = simpy.Environment()
    store = simpy.Store(env)
    result = []
    env.process(source(env, store, customers, draw))
    done = env.process(server(env, store, customers, draw, result))
    start = time.perf_counter()
    env.run(until=done)
    wall = time.perf_counter() - start
    print(json.dumps({"name": "w1_simpy", "requests_per_s": customers / wall,
                      "mean_latency": result[0], "requests": customers, "wall_s": wall}))


main()
