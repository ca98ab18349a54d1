"""Before the rounds: what a task takes by itself, and which rows follow from that."""

from __future__ import annotations

import time

from msgspec.structs import replace

from crossover.execution.calibration.calibrate import calibrate
from crossover.experiments.comparison.planning.amounts import most_repeated
from crossover.experiments.comparison.planning.plan import ComparisonSetup
from crossover.experiments.comparison.planning.worker_rows import more_workers
from crossover.experiments.selection import named_servers
from crossover.results.task import TaskSample
from crossover.workers.limits.cpu import usable_cores

PART_OF_TIME_LIMIT = 0.25  # that the sample may take
LEAST = 0.3  # seconds; a process with some tasks takes longer than less


def learn_task(setup: ComparisonSetup, deadline: float) -> ComparisonSetup:
    """Return a setup that knows what a task takes, where tasks wait with a second row for each transport.

    Args:
        setup: as planned.
        deadline: of the command, in seconds of the monotonic clock.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    task = _sample(setup, deadline)
    most = most_repeated(setup.plan) if setup.plan.least_seconds else setup.plan.tasks
    rows = more_workers(setup.addresses, task, setup.plan.workers, usable_cores(), most) if setup.varies_workers else []
    addresses, warnings = dict(setup.addresses), dict(setup.server_warnings)
    interpreters = dict(setup.interpreters)
    for row in rows:
        addresses[row.label] = row.address
        if row.like in warnings:
            warnings[row.label] = warnings[row.like]
        if row.like in interpreters:
            interpreters[row.label] = interpreters[row.like]
    order = {label: place for place, label in enumerate(setup.addresses)}
    order |= {row.label: order[row.like] for row in rows}
    addresses = {label: addresses[label] for label in sorted(addresses, key=order.__getitem__)}
    plan = replace(
        setup.plan,
        transports=list(addresses),
        servers=named_servers((label, one.traits.server, one.server_address) for label, one in addresses.items()),
    )
    return setup._replace(
        plan=plan, addresses=addresses, server_warnings=warnings, interpreters=interpreters, task=task
    )


def _sample(setup: ComparisonSetup, deadline: float) -> TaskSample | None:
    """Return what a task takes; None where that is of no use, or must not be tried here, or cannot be told.

    With several payload sizes each has its own time. Where all workers are external, the files and servers that the
    function needs may be there and not here.
    """
    within = PART_OF_TIME_LIMIT * (deadline - time.monotonic())
    external = not any(address.options.own_workers for address in setup.addresses.values())
    if setup.plan.once or setup.plan.payloads or external or within < LEAST:
        return None
    return calibrate(setup.workload, setup.plan.tasks, setup.python, within)
