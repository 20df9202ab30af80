"""
Run scenarios under callgrind: the process that callgrind started forks for each run, and callgrind writes a file each fork.

The start of Python is simulated once, and the difference between two forks is what their operations cost.
Started by costs.py, with `[[key, laps], …]` as its argument; prints engine, scenario and process id of each fork.
"""

import gc
import json
import os
import sys

from bebytes import scenarios
from bebytes.workload import measured


def main() -> None:
    """
    Run each scenario on each backend, with so many laps over its inputs, and with twice as many.
    """
    for key, laps in json.loads(sys.argv[1]):
        scenario = scenarios.find(key)
        for engine in ("native", "python"):
            work = scenario.work(engine)
            inputs = len(work.inputs)
            # The plan is made and the caches are warm before the forks; a failure would be seen here.
            if failures := scenario.failures(engine):
                sys.exit(f"{key} on {engine}: {failures[0]}")
            gc.collect()
            gc.freeze()
            for times in (1, 2):
                pid = os.fork()
                if pid == 0:
                    measured(work, times * laps * inputs)
                    # At once: what Python does when it ends is no part of it.
                    os._exit(0)
                _, status = os.waitpid(pid, 0)
                if status:
                    sys.exit(f"{key} on {engine}: the fork ended with status {status}")
                print(engine, key, pid, sep="\t", flush=True)


if __name__ == "__main__":
    main()
