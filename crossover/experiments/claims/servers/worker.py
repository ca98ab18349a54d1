"""A program that counts and takes items in servers: it knows their addresses and a name, and shares nothing else.

    python -m crossover.experiments.claims.servers.worker NAME TIMES

It prints server → the items that it took, as JSON.
"""

from __future__ import annotations

import json
import sys

from crossover.experiments.claims.servers.in_server import SERVERS, module_of


def work(name: str, times: int) -> dict[str, list[int]]:
    """Count in every server, and take as many items from every server that has queues.

    Args:
        name: of the counters and queues.
        times: how often.
    """
    taken = {}
    for server in SERVERS:
        there = module_of(server)
        counter = there.Counter(f"{name}-counter")
        for _ in range(times):
            counter.add()
        counter.close()
        if hasattr(there, "Queue"):
            queue = there.Queue(f"{name}-queue")
            taken[server] = [queue.get() for _ in range(times)]
            queue.close()
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(work(sys.argv[1], int(sys.argv[2]))))
