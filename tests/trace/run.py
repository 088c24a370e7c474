#!/usr/bin/python3
"""Runs the trace on both engines and compares what they answered, line by line.

    run.py TRACE [COMMANDS [SEED]]
"""
import os
import subprocess
import sys
from collections import Counter

program = sys.argv[1]
count = sys.argv[2] if len(sys.argv) > 2 else "10000"
seed = sys.argv[3] if len(sys.argv) > 3 else "20261124"


def run(engine):
    done = subprocess.run([program, count, seed], capture_output=True, text=True,
                          env=os.environ | {"EDU_TEST_ENGINE": engine, "CK_FORK": "no"})
    if done.returncode:
        sys.exit(f"Bail out! {engine}: {done.returncode} {done.stderr}")
    return done.stdout.splitlines()


def main():
    first, second = run("sqlite"), run("postgresql")
    good = first == second and len(first) == int(count)
    print("TAP version 13\n1..1")
    print(f"{'ok' if good else 'not ok'} 1 - {count} commands of seed {seed} answered alike")
    for one, other in zip(first, second):
        if one != other:
            print(f"# sqlite:     {one}\n# postgresql: {other}")
            break
    answers = Counter(line.split()[2] for line in first)
    print("#", ", ".join(f"{name} {number}" for name, number in answers.most_common()))


main()
