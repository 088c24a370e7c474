"""A cabinet's page by the Python package, against the same call in C on the same store: by processor
time, in turns. Prints one JSON object.

    binding.py PEER FOLDER SERVICE
"""

import json
import statistics
import subprocess
import sys
import time

import edu

ROUNDS = 9
EACH = 4


def run_round(session, persons):
    start = time.process_time()
    for person in persons:
        if len(session.application.list(person)) != EACH:
            sys.exit("a cabinet has other applications")
    return len(persons) / (time.process_time() - start)


def main():
    peer = subprocess.Popen(sys.argv[1:4], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    store = peer.stdout.readline().strip()
    persons = [line.strip() for line in iter(peer.stdout.readline, "\n")]

    def run_peer():
        peer.stdin.write("\n")
        peer.stdin.flush()
        return float(peer.stdout.readline())

    options = {"password_operations": 1, "password_memory": 8192, "staff_second_factor": False}
    with edu.Portal(f"sqlite:{store}", **options) as portal, \
            portal.sign_in("clerk", "a long enough password") as session:
        rates = [(run_round(session, persons), run_peer()) for _ in range(ROUNDS)]
    peer.communicate()
    ours, theirs = (statistics.median(side) for side in zip(*rates))
    print(json.dumps({"bench": "binding.python.cabinet", "value": round(ours, 1), "unit": "per second",
                      "peer": "the same call in C", "peer_value": round(theirs, 1),
                      "ratio": round(ours / theirs, 3)}))


main()
