#!/usr/bin/env python3
"""Writes a scenario of N services that call each other like those of a large shop.

    bench/topology.py SERVICES [INSTANCES] > topology.toml

The shares are those of Alibaba's 2022 traces (arXiv 2504.13141): 13 % of services are entries, 48 %
stand in the middle, 39 % are leaves. Entries and middles call one to three others further in; every
service is called by somebody. Each entry has a client; the rates are such that services are lightly
loaded, and the number of requests is the same whatever SERVICES is. The same arguments give the same
text.
"""
import random
import sys

REQUESTS_PER_S = 2000
DEPTH = 4  # layers of services in the middle


def main() -> None:
    services = int(sys.argv[1])
    instances = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    dice = random.Random(1)
    entries = max(1, round(0.13 * services))
    leaves = max(1, round(0.39 * services))
    middles = services - entries - leaves
    layers = [[f"entry{i}" for i in range(entries)]]
    for depth in range(DEPTH):
        layers.append([f"middle{i}" for i in range(depth, middles, DEPTH)])
    layers.append([f"leaf{i}" for i in range(leaves)])
    layers = [layer for layer in layers if layer]

    calls = {name: [] for layer in layers for name in layer}
    for depth, layer in enumerate(layers[:-1]):
        inner = layers[depth + 1]
        later = [name for further in layers[depth + 1:] for name in further]
        # Everybody is called: the next layer is dealt out among this one.
        for i, name in enumerate(inner):
            calls[layer[i % len(layer)]].append(name)
        for name in layer:
            wanted = dice.randint(1, 3)
            while len(calls[name]) < wanted:
                calls[name].append(dice.choice(later))

    print('faultline = 1')
    print(f'title = "{services} services of {instances} instances"')
    print('duration = "30s"\n')
    for name in layers[0]:
        print(f'[client.users_of_{name}]\ncalls = "{name}"\nrate = "{REQUESTS_PER_S / entries:g}/s"')
        print('policy = "edge"\n')
    for name, callees in calls.items():
        print(f'[service.{name}]\nreplicas = {instances}\nthreads = 32\nbalancer = "power_of_two"')
        steps = ['{ work = "lognormal(1ms, cv=0.5)" }']
        steps += [f'{{ call = "{callee}", policy = "internal" }}' for callee in dict.fromkeys(callees)]
        print('steps = [' + ', '.join(steps) + ']\n')
    print('[policy.edge]\ntimeout = "2s"\n')
    print('[policy.internal]\ntimeout = "1s"\nretry = { attempts = 2, backoff = "10ms", '
          'jitter = "full", budget = "20%" }\nbreaker = { window = 100 }\n')
    print('[network]\nlatency = "200us"')


main()
