"""Claims about middleware."""

from __future__ import annotations

import json
import multiprocessing
import sys
from contextlib import ExitStack
from multiprocessing.synchronize import Barrier
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, joined, main, running
from crossover.experiments.claims.servers.adding import (
    IN_ONE_STEP,
    MANAGER,
    READ_THEN_WRITE,
    WAYS,
    begin,
    connected,
    end,
    key_of,
    places,
)
from crossover.experiments.claims.servers.in_server import DEADLINE, KINDS, SERVERS, kept, module_of, new_name
from crossover.experiments.claims.servers.programs import outputs
from crossover.results.claim_verdict import ClaimVerdict

SHARED = ("servers.in_redis:Counter Queue", "servers.in_memcached:Counter", "servers.in_rabbitmq:Counter Queue")


@claim("middleware-share", servers=KINDS, shows=("servers.worker:work", *SHARED))
def middleware_share() -> Finding:
    """Do programs that share nothing but a server count together, and take each item of a queue once?"""
    name, programs, times = new_name(), 3, 40
    counted, received, twice = {}, {}, {}
    with ExitStack() as stack:
        counters, queues = {}, {}
        for server in SERVERS:
            there = module_of(server)
            counters[server] = stack.enter_context(kept(there.Counter(f"{name}-counter")))
            if hasattr(there, "Queue"):  # memcached keeps items under keys, and has no queue
                queues[server] = stack.enter_context(kept(there.Queue(f"{name}-queue")))
        for queue in queues.values():
            for item in range(programs * times):
                queue.put(item)
        printed = outputs("crossover.experiments.claims.servers.worker", name, str(times), programs=programs)
        for server, counter in counters.items():
            counted[server] = counter.value()
        for server in queues:
            items = [item for text in printed for item in json.loads(text)[server]]
            received[server], twice[server] = len(set(items)), len(items) - len(set(items))
    wanted = programs * times
    shared = {*counted.values(), *received.values()} == {wanted} and not any(twice.values())
    facts = {
        "programs": programs,
        "items": wanted,
        "counted": counted,
        "received": received,
        "twice": twice,
    }
    return Finding(ClaimVerdict.TRUE if shared else ClaimVerdict.FALSE, facts)


def update(places: dict[str, Any], name: str, start: Barrier, times: int) -> None:
    """Add 1 in every way, as often as is wanted, while others do the same."""
    clients = connected(places)
    for label, (place, add) in WAYS.items():
        start.wait(DEADLINE)
        for _ in range(times):
            add(clients[place], key_of(name, label))


@claim("middleware-safe", servers=("redis", "memcached"), shows=("servers.adding:WAYS",))
def middleware_safe() -> Finding:
    """Are updates lost that are read, then written? And those that a server makes in one step?"""
    name, workers, times = new_name(), 3, 60
    with multiprocessing.Manager() as manager:
        numbers = places(manager.dict())
        clients = connected(numbers)
        begin(clients, name)
        start = multiprocessing.Barrier(workers)
        processes = [multiprocessing.Process(target=update, args=(numbers, name, start, times)) for _ in range(workers)]
        with running(*processes):
            ended = joined(processes, 2 * DEADLINE)
        lost = {label: workers * times - number for label, number in end(clients, name).items()}
    read_then_write = {label: lost[label] for label in READ_THEN_WRITE}
    in_one_step = {label: lost[label] for label in IN_ONE_STEP}
    facts = {"updates": workers * times, "read_then_write": read_then_write, "in_one_step": in_one_step}
    if not ended:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, "a process did not end well")
    if any(in_one_step.values()):
        return Finding(ClaimVerdict.FALSE, facts)
    in_servers = any(lost[label] for label, (place, _) in READ_THEN_WRITE.items() if place != MANAGER)
    return Finding(ClaimVerdict.MISLEADING if in_servers else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
