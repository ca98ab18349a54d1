"""Tasks that are sent through a transport in this process, and what comes back."""

import time

from crossover.contract.tasks import Batch
from crossover.recording.history import History

PATIENCE = 20.0


def carry(transport, payloads, batch=1):
    """Submit everything, collect everything; return values and errors by task, and what was refused."""
    values, errors, refused, workers = {}, {}, {}, set()
    for first in range(0, len(payloads), batch):
        part = payloads[first : first + batch]
        submission = transport.submit(Batch(first, len(part), part))
        refused.update({first + position: reason for position, reason in submission.refused.items()})
    deadline = time.monotonic() + PATIENCE
    while len(values) + len(errors) + len(refused) < len(payloads):
        assert time.monotonic() < deadline, f"only {len(values)} values and {len(errors)} errors came"
        for outcomes in transport.collect(4, 0.5):
            assert outcomes.size == len(outcomes.values)
            assert outcomes.started <= outcomes.finished <= time.monotonic_ns()
            workers.add(outcomes.worker)
            for position, value in enumerate(outcomes.values):
                kept = errors if position in outcomes.errors else values
                kept[outcomes.first + position] = outcomes.errors.get(position, value)
    return values, errors, refused, workers


def drive(transport, workload, load):
    """Do a run with the producer in this process, where a test can change how a library behaves; return its history."""
    history = History(load.tasks, load.batch)
    with transport:
        transport.start(workload, load.workers)
        load.loop(transport, workload, history).run()
    return history
